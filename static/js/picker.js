// The model picker. Contract:
//   [data-picker-open="url"]: the chip, shown instead of the <select name=model> where this script runs; the select stays the
//     truth: the picker sets it and fires input and change, and the composer goes on as if it had been chosen there. On the matrix page
//     (form[data-matrix]) it is the select of a model to add
//   dialog[data-picker] with [data-picker-search] and [data-picker-body], which POST url fills with the list for the composer as it
//     stands (_picker.html); fetched when the chip is hovered or focused, kept until the composer changes
//   [role=option][data-serves="id mode mode@ need|id …"]: its ids with what each does; an @ where files need a public address
//   [data-star], [data-tick] in a row are for the pointer; F, C and the buttons [data-picker-mark], [data-picker-tick] do the same
//   POST [data-picker-compare], the form and compare=id … -> a table with buttons [data-use="id"]; POST [data-picker-mark] with the row's id for the zeros, on=1
// Keys: M opens; typing searches; ↑ ↓ Home End Page move, Enter takes, Esc closes; in the list F marks, C ticks, letters search on.
(function () {
  "use strict";
  const MOST_SIDES = 4, STALE = 60000, PAGE = 8;
  const dialog = document.querySelector("dialog[data-picker]");
  if (!dialog) return;
  document.documentElement.dataset.pickerOn = "";
  const find = (what) => dialog.querySelector(what);
  const search = find("[data-picker-search]"), body = find("[data-picker-body]");
  const chip = () => document.querySelector("[data-picker-open]");
  const form = () => document.querySelector("form[data-composer], form[data-matrix]");
  const field = () => form()?.elements.add_model || form()?.elements.model;
  const list = () => find("[data-picker-list]");
  const say = (words) => { const place = find("[data-picker-said]"); if (place) place.textContent = words; };
  const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

  // --- fetching: the list follows from the model, the settings and the inputs, not from the words ---------
  const APART = new Set(["csrfmiddlewaretoken", "prompt", "negative_prompt", "seed", "count", "idempotency_key", "shown_usd", "parent", "relation", "shot"]);
  let loading, loadedFor = "", loadedAt = 0;
  function values() {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form())) if (typeof value === "string" && !APART.has(name)) data.append(name, value);
    return data;
  }
  async function ask(url, data) {
    const reply = await fetch(url, { method: "POST", body: data, headers: { "X-CSRFToken": document.body.dataset.csrf } });
    if (!reply.ok) throw new Error(String(reply.status));
    return reply.text();
  }
  function load() {
    const data = values(), wanted = data.toString();
    if (loading && loadedFor === wanted && Date.now() - loadedAt < STALE) return loading;
    loadedFor = wanted;
    loadedAt = Date.now();
    const mine = ask(chip().dataset.pickerOpen, data).then((html) => { if (loading === mine) show(html); }, () => { if (loading === mine) lost(); });
    loading = mine;
    return mine;
  }
  function show(html) {
    const wasInside = body.contains(document.activeElement);
    body.innerHTML = html;
    read();
    filter();
    if (wasInside) search.focus();
  }
  function lost() {
    loading = null;
    body.replaceChildren(find("[data-picker-lost]").content.cloneNode(true));
  }

  // --- rows and filters ---------------------------------------------------------------------------------
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const ADDRESS = "no_public_address";
  let rows = [], groups = [], wanted = { mode: new Set(), need: new Set(), account: new Set() }, active = null, ticked = [];
  function read() {
    groups = [...list().querySelectorAll(".group")];
    rows = [...list().querySelectorAll("[role=option]")].map((element) => ({
      element, text: plain(element.dataset.search), account: element.dataset.account,
      ids: element.dataset.serves.split("|").map((words) => { const [id, ...does] = words.split(" "); return { id, does: new Set(does) }; }),
      taken: element.id.slice("pick-".length),
    }));
    wanted = { mode: new Set(), need: new Set(), account: new Set() };
    active = null;
    ticked = [];
    tellTicks();
  }
  function works(id, mode) { return id.does.has(mode) || (!wanted.need.has(ADDRESS) && id.does.has(`${mode}@`)); }
  function meets(id) {
    return [...wanted.need].every((need) => (need === ADDRESS ? [...id.does].some((word) => word.includes("_") && !word.endsWith("@") && isMode(word)) : id.does.has(need)));
  }
  const isMode = (word) => Boolean(find(`[data-filter=mode][data-value="${CSS.escape(word)}"]`));
  function isWanted(row, words) {
    if (wanted.account.size && !wanted.account.has(row.account)) return false;
    if (!words.every((word) => row.text.includes(word))) return false;
    const able = row.ids.filter(meets);
    return able.length > 0 && [...wanted.mode].every((mode) => able.some((id) => works(id, mode)));
  }
  // the id that does what was filtered for, else the one that suits the inputs
  function idOf(row) {
    const asked = row.ids.filter((id) => meets(id) && [...wanted.mode].every((mode) => works(id, mode)));
    return asked.length && wanted.mode.size && !asked.some((id) => id.id === row.taken) ? asked[0].id : row.taken;
  }
  const shown = () => rows.filter((row) => !row.element.hidden);
  function filter() {
    if (!list()) return;
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    for (const row of rows) row.element.hidden = !isWanted(row, words);
    for (const group of groups) group.hidden = !group.querySelector("[role=option]:not([hidden])");
    const found = shown(), all = rows.length, isAll = found.length === all;
    find("[data-picker-count]").textContent = fill(isAll ? dialog.dataset.sayAll : dialog.dataset.saySome, { n: found.length, all });
    find("[data-picker-none]").hidden = found.length > 0;
    list().hidden = !found.length;
    find(".foot [data-picker-clear]").hidden = isAll && !words.length;
    const isNew = words.length > 0 || !isAll;
    const chosen = isNew ? null : found.find((row) => row.element.getAttribute("aria-selected") === "true");
    activate(chosen || found[0] || null, "center");
  }
  function clear() {
    search.value = "";
    for (const button of dialog.querySelectorAll('[data-filter][aria-pressed="true"]')) button.setAttribute("aria-pressed", "false");
    for (const kind of Object.values(wanted)) kind.clear();
    filter();
    search.focus();
  }

  // --- the active row: aria-activedescendant of the search and of the list --------------------------------
  function activate(row, block = "nearest") {
    active?.element.classList.remove("on");
    active = row;
    for (const holder of [search, list()]) {
      if (row) holder?.setAttribute("aria-activedescendant", row.element.id);
      else holder?.removeAttribute("aria-activedescendant");
    }
    for (const name of ["mark", "tick"]) { const button = find(`[data-picker-${name}]`); if (button) button.disabled = !row; }
    if (!row) return;
    row.element.classList.add("on");
    row.element.scrollIntoView({ block });
    tellActive();
  }
  function tellActive() {
    if (!active) return;
    find("[data-picker-mark]").setAttribute("aria-pressed", String(active.element.classList.contains("starred")));
    find("[data-picker-tick]").setAttribute("aria-pressed", String(ticked.includes(active)));
  }
  function move(by) {
    const found = shown();
    if (!found.length) return;
    const at = found.indexOf(active) + by;
    activate(found[Math.max(0, Math.min(at, found.length - 1))]);
  }
  const nameOf = (row) => row.element.querySelector("b").textContent;

  // --- favourites and comparison ----------------------------------------------------------------------------
  async function mark(row) {
    const on = row.element.classList.toggle("starred");
    tellActive();
    say(fill(on ? dialog.dataset.sayMarked : dialog.dataset.sayUnmarked, { name: nameOf(row) }));
    try {
      await ask(find("[data-picker-mark]").dataset.pickerMark.replace(/0{8}-[0-]+/, row.taken), new URLSearchParams(on ? { on: "1" } : {}));
      loadedAt = 0; // the next time it stands where it belongs
    } catch {
      row.element.classList.toggle("starred", !on);
      tellActive();
      failed();
    }
  }
  const failed = () => document.dispatchEvent(new CustomEvent("studio:toast", { detail: { text: dialog.dataset.sayFailed, level: "error" } }));
  function tick(row) {
    const at = ticked.indexOf(row);
    if (at < 0 && ticked.length === MOST_SIDES) return say(dialog.dataset.sayMost);
    if (at < 0) ticked.push(row); else ticked.splice(at, 1);
    row.element.classList.toggle("ticked", at < 0);
    say(fill(at < 0 ? dialog.dataset.sayTicked : dialog.dataset.sayUnticked, { name: nameOf(row) }));
    tellTicks();
    tellActive();
  }
  function tellTicks() {
    const button = find("[data-picker-compare]");
    button.disabled = ticked.length < 2;
    button.title = ticked.length < 2 ? dialog.dataset.sayTick : "";
    button.lastElementChild.textContent = ticked.length ? fill(dialog.dataset.sayCompare, { n: ticked.length }) : button.dataset.plain || (button.dataset.plain = button.lastElementChild.textContent);
  }
  async function compare() {
    const data = values();
    for (const row of ticked) data.append("compare", idOf(row));
    try {
      const place = find("[data-picker-comparison]");
      place.innerHTML = await ask(find("[data-picker-compare]").dataset.pickerCompare, data);
      side(true);
      place.querySelector("[data-use]:not(:disabled), [data-picker-back]").focus();
    } catch { failed(); }
  }
  function side(isOn) {
    find("[data-picker-comparison]")?.toggleAttribute("hidden", !isOn);
    dialog.classList.toggle("comparing", isOn);
  }
  const isComparing = () => dialog.classList.contains("comparing");
  function back() { side(false); list().focus(); }

  // --- choosing: the select is the truth ----------------------------------------------------------------------
  function use(id) {
    const select = field();
    dialog.close();
    if (select.value === id) return;
    if (![...select.options].some((option) => option.value === id)) select.add(new Option("", id)); // stands there already, or does now
    select.value = id;
    for (const name of ["input", "change"]) select.dispatchEvent(new Event(name, { bubbles: true }));
  }
  function take(row) { if (row && row.element.getAttribute("aria-disabled") !== "true") use(idOf(row)); }

  // --- opening and closing ----------------------------------------------------------------------------------------
  function place() {
    const at = chip().getBoundingClientRect();
    dialog.style.setProperty("--left", `${Math.round(at.left)}px`);
    dialog.style.setProperty("--above", `${Math.round(innerHeight - at.top + 8)}px`);
  }
  function open() {
    if (dialog.open || !chip()) return;
    document.querySelectorAll("[popover]:popover-open").forEach((popover) => { if (popover.id !== "toasts") popover.hidePopover(); });
    side(false);
    search.value = "";
    place();
    const before = loading, isFresh = load() === before;
    dialog.showModal();
    search.focus();
    if (isFresh && list()) { ticked.forEach((row) => row.element.classList.remove("ticked")); read(); clear(); }
  }
  // the select hides behind the chip; a fresh composer brings a fresh one
  const hideSelect = () => {
    const select = field();
    if (!select || !chip()) return;
    select.tabIndex = -1;
    select.closest(".chip, .adder").setAttribute("aria-hidden", "true");
  };
  hideSelect();
  document.addEventListener("htmx:afterSettle", hideSelect);
  // a morph leaves the words of the focused element as they were: the chip would go on naming the old model
  let hadFocus = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    hadFocus = event.detail.target?.id === "composer" && document.activeElement === chip();
    if (hadFocus) chip().blur();
  });
  document.addEventListener("htmx:afterSettle", () => { if (hadFocus) chip()?.focus({ preventScroll: true }); hadFocus = false; });
  // who comes near the chip, or begins to write, has the list before they ask for it
  for (const [name, near] of [["pointerover", "[data-picker-open]"], ["focusin", "[data-picker-open], [data-composer] [name=prompt]"]]) {
    document.addEventListener(name, (event) => { if (event.target.closest?.(near) && chip() && !dialog.open) load(); });
  }
  dialog.addEventListener("close", () => chip()?.focus());
  dialog.addEventListener("cancel", (event) => { if (isComparing()) { event.preventDefault(); back(); } });
  addEventListener("resize", () => { if (dialog.open && chip()) place(); }, { passive: true });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-picker-open]")) { event.preventDefault(); open(); }
  });
  dialog.addEventListener("click", (event) => {
    const at = (what) => event.target.closest(what);
    const element = at("[role=option]"), row = element && rows.find((item) => item.element === element);
    if (row) {
      activate(row);
      if (at("[data-star]")) mark(row); else if (at("[data-tick]")) tick(row); else take(row);
    } else if (at("[data-filter]")) press(at("[data-filter]"));
    else if (at("[data-picker-clear]")) clear();
    else if (at("[data-picker-mark]")) mark(active);
    else if (at("[data-picker-tick]")) tick(active);
    else if (at("[data-picker-compare]")) compare();
    else if (at("[data-picker-back]")) back();
    else if (at("[data-use]")) use(at("[data-use]").dataset.use);
    else if (at("[data-picker-again]")) { loadedAt = 0; load(); search.focus(); }
  });
  function press(button) {
    const kind = wanted[button.dataset.filter], value = button.dataset.value, on = !kind.has(value);
    if (on) kind.add(value); else kind.delete(value);
    button.setAttribute("aria-pressed", String(on));
    filter();
  }
  search.addEventListener("input", filter);

  // --- keys ------------------------------------------------------------------------------------------------------------
  const MOVES = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE, Home: -Infinity, End: Infinity };
  dialog.addEventListener("keydown", (event) => {
    const isInList = event.target === list();
    if ((!isInList && event.target !== search) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const isMove = event.key in MOVES && (isInList || !["Home", "End"].includes(event.key));
    if (isMove && list()) {
      event.preventDefault();
      if (isInList && event.key === "ArrowUp" && active === shown()[0]) return search.focus();
      if (!isInList) list().focus();
      move(MOVES[event.key]);
    } else if (event.key === "Enter") { event.preventDefault(); take(active); }
    else if (isInList) inList(event);
  });
  function inList(event) {
    const key = event.key.toLowerCase(), is = (name) => studioKeys.is(name, event);
    if (is("picker-mark") && active) { event.preventDefault(); mark(active); }
    else if (is("picker-tick") && active) { event.preventDefault(); tick(active); }
    else if (is("picker-search")) { event.preventDefault(); search.focus(); search.select(); }
    else if (key.length === 1 || key === "backspace") search.focus(); // the letter goes there by itself
  }
  studioKeys.on("picker", () => { if (!chip()) return false; open(); });
})();
