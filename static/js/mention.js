// @ in a prompt: a list of what can be named, and below the composer's prompt what is named. Contract:
//   form[data-composer][data-chips-url] with textarea[name=prompt], or form[data-matrix] with several: there [data-mention].loose stands beside it
//   [data-mention] [role=listbox] > [role=option][data-name]: data-also (another name of the file), data-tag (what the model
//     calls it), data-add (id of a character that is not attached yet), data-lost, data-wants (the prompt has to name it); one [data-none] says that nothing fits
//   [data-marks] with data-members (names of attached characters, one a line), data-tag-forms (patterns of the model's own tags, JSON) and the words it says; template[data-mark], template[data-mark-act]
// A token is plain text, @[name], or @name where the name has no spaces; the server puts the gateway's own tag in its place (naming.py).
// Nothing here is needed to send the form.
(function () {
  "use strict";
  const TOKEN = /@\[([^[\]\r\n]{1,120})\]/g;
  const BARE = /(?<![\p{L}\p{N}_@/.\]])@([\p{L}\p{N}_.~-]*[\p{L}\p{N}_])/gu;
  const OPENS = /(^|[\s("'“‘,.;:!?/—–-])@\[?([^\s@[\]][^@[\]\r\n]{0,39})?$/;
  const AREA = "form:is([data-composer], [data-matrix]) textarea[name=prompt]";
  const form = () => document.querySelector("form:is([data-composer], [data-matrix])");
  const isPrompt = (element) => Boolean(element?.matches?.(AREA));
  const prompt = () => (isPrompt(document.activeElement) ? document.activeElement : document.querySelector(AREA));
  const list = () => document.getElementById("mention-list");
  const options = () => [...(list()?.querySelectorAll("[data-name]") || [])];
  const fold = (text) => text.trim().toLowerCase();

  // --- the list ---------------------------------------------------------------------------------------
  let active = null; // the option that Enter takes
  let dismissed = -1; // where the @ stands that Escape was pressed for
  const isOpen = () => Boolean(list() && !list().hidden);
  const WHILE_OPEN = ["role", "aria-expanded", "aria-controls", "aria-activedescendant", "aria-autocomplete", "aria-haspopup"];
  function close() {
    if (list()) list().hidden = true;
    active = null;
    for (const area of document.querySelectorAll(AREA)) for (const name of WHILE_OPEN) area.removeAttribute(name);
  }
  // what of the page can be seen, in its own coordinates: a phone's keyboard covers the rest
  function seen() {
    const view = window.visualViewport;
    return view ? { top: view.offsetTop, bottom: view.offsetTop + view.height } : { top: 0, bottom: innerHeight };
  }
  const NARROW = 720, TALLEST = 264, LEAST = 100, GAP = 4, WIDEST = 392; // px
  // of several prompts at the one that is written: below it, above it where there is more room. On a phone above the whole composer,
  // whose slots show what can be named; below the prompt, over the settings, where nothing is left above
  function place(area) {
    const box = list().closest("[data-mention]"), isLoose = box.matches(".loose"), isApart = isLoose || innerWidth <= NARROW;
    box.classList.toggle("apart", isApart);
    if (!isApart) return;
    const at = area.getBoundingClientRect(), edge = (isLoose ? at : area.form.getBoundingClientRect()).top, view = seen();
    const above = edge - view.top - 2 * GAP, below = view.bottom - at.bottom - 2 * GAP;
    const isBelow = isLoose ? below > TALLEST || below > above : above < LEAST && below > above;
    const set = (name, value) => box.style.setProperty(name, `${Math.round(value)}px`);
    set("--left", Math.max(Math.min(at.left, innerWidth - WIDEST), 12));
    set("--most", Math.max(Math.min(isBelow ? below : above, TALLEST), 48));
    set("--top", isBelow ? at.bottom + GAP : edge - GAP - list().offsetHeight);
  }
  function typedName(area) {
    if (area.selectionStart !== area.selectionEnd) return null;
    const found = OPENS.exec(area.value.slice(0, area.selectionStart));
    if (!found || (found[2] || "").endsWith("  ")) return null;
    return { text: found[2] || "", from: found.index + found[1].length };
  }
  function refresh() {
    const area = prompt();
    const typed = area && document.activeElement === area ? typedName(area) : null;
    if (!typed) dismissed = -1;
    if (!typed || !list() || typed.from === dismissed) return close();
    const wanted = fold(typed.text), all = options();
    const means = ({ dataset: { name, also = "" } }, label) => fold(name).includes(wanted) || fold(also).includes(wanted) || fold(label).startsWith(wanted);
    for (const option of all) option.hidden = Boolean(wanted) && !means(option, option.querySelector(".of")?.textContent || "");
    const shown = all.filter((option) => !option.hidden);
    // "@ " or an address in a text is no name: the list goes as soon as nothing can be meant any more
    if (!shown.length && /\s/.test(typed.text)) return close();
    list().querySelector("[data-none]").hidden = shown.length > 0;
    list().hidden = false;
    place(area);
    area.setAttribute("role", "combobox");
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-haspopup", "listbox");
    area.setAttribute("aria-expanded", "true");
    area.setAttribute("aria-controls", "mention-list");
    select(shown.includes(active) ? active : shown[0] || null);
  }
  function select(option) {
    active = option;
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    if (option) { prompt().setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    else prompt().removeAttribute("aria-activedescendant");
  }
  function move(way) {
    const shown = options().filter((option) => !option.hidden);
    if (shown.length) select(shown[(shown.indexOf(active) + way + shown.length) % shown.length]);
  }
  function take(option) {
    const area = prompt(), typed = typedName(area);
    if (!typed) return close();
    // within a token that stands there already, all of it gives way
    const begun = area.value[typed.from + 1] === "[" && /^[^@[\]\r\n]*\]/.exec(area.value.slice(area.selectionStart));
    const to = area.selectionStart + (begun ? begun[0].length : 0), after = area.value.slice(to);
    write(area, typed.from, to, `@[${option.dataset.name}]${/^[\s.,;:!?)]/.test(after) ? "" : " "}`);
    close();
    if (option.dataset.add) ask({ cast_add: option.dataset.add });
  }
  // as if it had been typed, so that Ctrl+Z takes it back
  function write(area, from, to, text) {
    area.focus();
    area.setSelectionRange(from, to);
    if (document.execCommand("insertText", false, text)) return;
    area.setRangeText(text, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function ask(values) {
    const composer = form();
    htmx.ajax("POST", composer.dataset.chipsUrl, { source: composer, target: "#composer", swap: "morph:outerHTML", values });
  }

  // the model's own tags in a text that count on more than is attached, <Image 9>: [{index, text}]
  const asTag = (text) => text.replace(/ /g, "").toLowerCase();
  function beyond(text) {
    const forms = JSON.parse(document.querySelector("[data-marks]")?.dataset.tagForms || "[]");
    const here = new Set(options().flatMap((option) => (option.dataset.tag || "").split(", ")).map(asTag));
    const hits = forms.flatMap((form) => [...text.matchAll(new RegExp(form, "gi"))]);
    return hits.map((hit) => ({ index: hit.index, text: hit[0] })).filter((hit) => !here.has(asTag(hit.text)) && !known(hit.text.replace(/^@/, "")));
  }
  // --- the marks --------------------------------------------------------------------------------------
  const known = (name) => options().find((option) => fold(option.dataset.name) === fold(name)) || options().find((option) => option.dataset.also && fold(option.dataset.also) === fold(name));
  function mark(name, option, words, kind, act) {
    const composer = form(), item = composer.querySelector("template[data-mark]").content.firstElementChild.cloneNode(true);
    const pic = option?.querySelector(".pic")?.firstElementChild;
    if (pic) item.querySelector(".pic").append(pic.cloneNode(true)); else item.querySelector(".pic").remove();
    item.querySelector(".words").textContent = words ? `${name} · ${words}` : name;
    item.title = item.querySelector(".words").textContent;
    if (kind) item.classList.add(kind);
    if (!act) return item;
    const button = composer.querySelector("template[data-mark-act]").content.firstElementChild.cloneNode(true);
    button.textContent = act.words;
    Object.assign(button.dataset, act.data);
    item.append(button);
    return item;
  }
  function marks() {
    const composer = form(), area = prompt(), row = composer?.querySelector("[data-marks]");
    if (!row || !area) return;
    const names = [...new Map([...area.value.matchAll(TOKEN)].map((found) => [fold(found[1]), found[1].trim()])).values()];
    const bare = [...new Map([...area.value.replace(TOKEN, "]").matchAll(BARE)].map((found) => [fold(found[1]), found[1]])).values()];
    const tags = options().map((option) => option.dataset.tag);
    const say = row.dataset, items = [], taken = new Set();
    let lost = false;
    for (const name of names) {
      const option = known(name);
      if (option) taken.add(option);
      if (option && !option.dataset.add && !("lost" in option.dataset)) { items.push(mark(name, option, option.dataset.tag, "")); continue; }
      const act = option?.dataset.add ? { words: say.sayAttach, data: { castAdd: option.dataset.add } } : null;
      items.push(mark(`@[${name}]`, option, say.sayLost, "lost", act));
      lost = true;
    }
    const astray = new Set(beyond(area.value).map((hit) => hit.text));
    for (const tag of astray) items.push(mark(tag, null, say.sayLost, "lost"));
    lost = lost || astray.size > 0;
    // one that is being written is no name yet
    const writing = isOpen() && typedName(area)?.text;
    for (const name of bare) {
      const option = known(name);
      if (option && taken.has(option)) continue;
      if (option) taken.add(option);
      if (option && !option.dataset.add && !("lost" in option.dataset)) items.push(mark(name, option, option.dataset.tag, ""));
      else if (option?.dataset.add) items.push(mark(`@${name}`, option, say.sayLost, "lost", { words: say.sayAttach, data: { castAdd: option.dataset.add } }));
      else if (name !== writing && !tags.includes(`@${name}`) && !astray.has(`@${name}`)) items.push(mark(`@${name}`, null, say.sayWord, "quiet"));
    }
    // a place of a saved prompt that nobody filled in
    for (const place of new Set(area.value.match(/\{\{[^{}]{1,60}\}\}/g))) items.push(mark(place, null, say.sayBlank, "lost"));
    const named = [...names, ...bare].map(fold);
    for (const member of say.members.split("\n").filter(Boolean)) {
      if (!named.includes(fold(member))) items.push(mark(member, known(member), say.sayUnnamed, "quiet", { words: say.sayOut, data: { castOut: member } }));
    }
    for (const option of options()) {
      if ("wants" in option.dataset && !taken.has(option) && !area.value.includes(option.dataset.tag)) items.push(mark(option.dataset.name, option, say.sayUnnamed, "quiet"));
    }
    // the same marks again would only make a screen reader and a focused button start anew
    const told = items.map((item) => item.textContent).join("\n");
    if (row.dataset.told === told && row.children.length === items.length) return;
    row.dataset.told = told;
    row.replaceChildren(...items);
    reach();
    if (lost) area.setAttribute("aria-invalid", "true"); else if (!composer.querySelector("#composer-notes .error")) area.removeAttribute("aria-invalid");
  }
  // on a phone the marks scroll sideways: by key too, where none of them is a button
  function reach() {
    const row = document.querySelector("[data-marks]");
    if (!row) return;
    if (row.scrollWidth > row.clientWidth && !row.querySelector("button")) row.tabIndex = 0; else row.removeAttribute("tabindex");
  }
  addEventListener("resize", reach, { passive: true });
  window.Studio = { ...window.Studio, names: { TOKEN, BARE, known, beyond } }; // for named.js, which draws them where they stand

  // after the keystroke has been drawn
  let waiting = 0;
  const marksSoon = () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(marks); };

  document.addEventListener("input", (event) => {
    if (!isPrompt(event.target)) return;
    refresh();
    marksSoon();
  });
  document.addEventListener("keydown", (event) => {
    if (!isOpen() || !isPrompt(event.target) || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Enter: active && (() => take(active)),
      Tab: active && !event.shiftKey && (() => take(active)),
      Escape: () => { dismissed = typedName(prompt())?.from ?? -1; close(); },
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }, true);
  document.addEventListener("keyup", (event) => { if (isPrompt(event.target) && /^(Arrow(Left|Right)|Home|End)$/.test(event.key)) refresh(); });
  document.addEventListener("focusout", (event) => { if (isPrompt(event.target)) close(); });
  for (const [name, of] of [["scroll", document], ["resize", window], ["scroll", window.visualViewport], ["resize", window.visualViewport]]) {
    of?.addEventListener(name, (event) => { if (isOpen() && event.target !== list()) place(prompt()); }, { capture: true, passive: true });
  }
  // a press on the list must not take the focus out of the prompt
  document.addEventListener("mousedown", (event) => { if (event.target.closest?.("#mention-list")) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    const option = event.target.closest?.("#mention-list [data-name]");
    if (option) return take(option);
    if (isPrompt(event.target)) refresh();
    const button = event.target.closest?.("[data-marks] button");
    if (button?.dataset.castAdd) ask({ cast_add: button.dataset.castAdd });
    else if (button?.dataset.castOut) { prompt()?.focus(); ask({ cast_out: button.dataset.castOut }); }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "composer") { close(); marks(); }
    if (event.detail.target?.id === "matrix") refresh(); // fresh cells; the person may be writing a name
  });
  marks();
})();
