// What a slot of the composer shows while files come and go. Contract:
//   [data-slot="first_frame"][data-label] with a hidden input name="first_frame" that holds the asset's id, .well, [data-slot-name],
//     [data-slot-remove], and a file input that posts with the form when scripts are off
//   [data-slot="reference_image"][data-most="9"]: as many as are filled and an open one; their order in the page counts (arrange.js)
//   a slot's fixes are htmx buttons that swap the composer; their dialog is static/js/fix.js
//   [data-slot-errors], template[data-slot-error] and template[data-slot-light] of the form say what went wrong
// The server's answer about a file: {"id", "thumb_url", "label", "light": "fits"|"fix"|"no", "why"}. Files of this machine come by
// intake.js, those by link by links.js, which sends slot:begin {name}, slot:put {reply} and slot:fail {words, name} to a slot.
(function () {
  "use strict";
  const { form, toast } = window.Studio.composer, { touched, settle } = window.Studio.refit;

  // slots that share a name: references. One stands open until there are as many as the model takes
  const isMany = (slot) => "most" in slot.dataset;
  const isTaken = (slot) => Boolean(slot.querySelector("input[type=hidden]").value) || slot.classList.contains("busy");
  const slotsOf = (name) => [...document.querySelectorAll(`[data-slot="${name}"]`)];
  const openSlot = (name) => slotsOf(name).find((slot) => !isTaken(slot));
  function addOpen(slot) {
    const row = slotsOf(slot.dataset.slot);
    if (isTaken(slot) || row.length >= Number(slot.dataset.most) || row.some((other) => other !== slot && !isTaken(other))) return;
    const next = slot.cloneNode(true);
    next.id = `slot-${slot.dataset.slot}-${row.length}`;
    const name = next.querySelector("[data-slot-name]");
    if (name) { name.textContent = next.dataset.label; name.className = ""; }
    slot.after(next);
  }

  function put(slot, reply) {
    slot.classList.add("filled");
    slot.classList.remove("busy");
    slot.querySelector(`input[type=hidden]`).value = reply.id;
    picture(slot, reply.thumb_url);
    const name = slot.querySelector("[data-slot-name]");
    if (name) { name.textContent = reply.why || reply.label || slot.dataset.label; name.className = reply.why ? `why ${reply.light || ""}` : ""; name.title = reply.label || ""; }
    slot.querySelector("[data-slot-remove]")?.removeAttribute("hidden");
    touched();
    settle();
  }
  function picture(slot, url) {
    const well = slot.querySelector(".well");
    well.querySelectorAll("img").forEach((old) => { if (old.src.startsWith("blob:")) URL.revokeObjectURL(old.src); old.remove(); });
    const glyph = well.querySelector(".icon");
    glyph?.toggleAttribute("hidden", Boolean(url));
    if (!url) return;
    const image = document.createElement("img");
    image.alt = "";
    image.src = url;
    well.prepend(image);
  }
  // a failed upload is said once, full width below the slots; the mark at its slot outlives a fresh composer
  const failures = new Map(); // slot id -> sentence
  function fail(slot, words, file) {
    slot.classList.remove("busy");
    const stays = Boolean(slot.querySelector("input[type=hidden]").value);
    if (!stays) slot.classList.remove("filled");
    picture(slot, stays ? slot.dataset.before || "" : "");
    const say = form().dataset;
    failures.set(slot.id, [`${[slot.dataset.label, file.name].filter(Boolean).join(", ")}: ${words}`, stays ? say.sayStays : ""].join(" ").trim());
    showFailures();
    settle(false);
  }
  function forget(slot) {
    failures.delete(slot.id);
    slot.classList.remove("failed");
    slot.querySelector(".light[data-failed]")?.remove();
    showFailures();
  }
  function showFailures(isFresh) {
    const composer = form(), place = composer?.querySelector("[data-slot-errors]");
    if (!place) return;
    place.replaceChildren();
    for (const [id, words] of [...failures]) {
      const slot = document.getElementById(id), isOther = isFresh && slot?.querySelector("input[type=hidden]").value;
      if (isOther) { failures.delete(id); failures.set(`past-${id}`, words); } // another file stands there: the reason stays, the mark does not
      const line = composer.querySelector("template[data-slot-error]").content.firstElementChild.cloneNode(true);
      line.lastElementChild.textContent = words;
      place.append(line);
      if (slot && !isOther) markFailed(composer, slot, words);
    }
  }
  // what was told of files that were refused before has been read by whoever brings others
  function told() {
    for (const id of failures.keys()) if (!document.getElementById(id)?.matches(".failed")) failures.delete(id);
  }
  function markFailed(composer, slot, words) {
    slot.classList.add("failed");
    slot.querySelector(".light")?.remove();
    const light = composer.querySelector("template[data-slot-light]").content.firstElementChild.cloneNode(true);
    light.dataset.failed = "";
    slot.querySelector(".well").after(light);
    const name = slot.querySelector("[data-slot-name]");
    if (name) { name.textContent = composer.dataset.sayFailed; name.className = "why error"; name.title = words; }
  }
  // of two files on their way to one slot the later one counts, and none that was taken out meanwhile
  const tickets = new Map(); // slot id -> the latest: its slot and the file's name
  // a slot whose file is on its way; gives its bar, and whether another file has taken its place meanwhile
  function begin(slot, name) {
    const mine = { slot, name };
    tickets.set(slot.id, mine);
    if (isMany(slot)) addOpen(slot);
    forget(slot);
    slot.dataset.before = slot.querySelector("input[type=hidden]").value ? slot.querySelector(".well img")?.getAttribute("src") || "" : "";
    slot.querySelector(".light")?.remove();
    slot.classList.add("filled", "busy");
    touched();
    const bar = slot.querySelector("progress") || document.createElement("progress");
    bar.className = "bar";
    bar.max = 100;
    bar.setAttribute("aria-label", name);
    slot.append(bar);
    return { bar, isLate: () => tickets.get(slot.id) !== mine };
  }
  const isAwaited = (slot) => slot.classList.contains("busy");
  const here = (slot) => (slot.isConnected ? slot : openSlot(slot.dataset.slot) || slot);
  // another model came meanwhile: of a row that is shorter now the slot goes on at its end, as long as there is room; a file that
  // has no place any more is told. What belongs to a slot before it has no place by itself.
  const FOLLOWERS = ["element_reference", "reference_voice"];
  function keepAwaited() {
    for (const [id, { slot, name }] of tickets) {
      if (!isAwaited(slot) || document.getElementById(id)) continue;
      const row = slotsOf(slot.dataset.slot), last = row.at(-1);
      if (last && !FOLLOWERS.includes(slot.dataset.slot) && row.length < Number(last.dataset.most)) { last.after(slot); continue; }
      tickets.delete(id);
      slot.classList.remove("busy");
      toast(`${name}: ${form().dataset.sayNoPlace}`);
    }
  }
  document.addEventListener("slot:begin", (event) => begin(event.target, event.detail.name));
  document.addEventListener("slot:put", (event) => { if (!isAwaited(event.target)) return; event.target.querySelector("progress")?.remove(); put(event.target, event.detail.reply); });
  document.addEventListener("slot:fail", (event) => { if (!isAwaited(event.target)) return; event.target.querySelector("progress")?.remove(); fail(event.target, event.detail.words, event.detail); });
  // another order of the same files (arrange.js): the sentences stay with their slots, the numbers come from the server
  document.addEventListener("slot:moved", (event) => {
    const said = [...failures].map(([id, words]) => [event.detail.ids.get(id) || id, words]);
    failures.clear();
    for (const [id, words] of said) failures.set(id, words);
    touched();
    settle();
  });
  document.addEventListener("click", (event) => {
    const slot = event.target.closest("[data-slot-remove]")?.closest("[data-slot]");
    if (slot) empty(slot);
  });
  function empty(slot) {
    slot.querySelector("input[type=hidden]").value = "";
    tickets.delete(slot.id);
    slot.querySelector("progress")?.remove();
    forget(slot);
    slot.classList.remove("filled", "busy");
    slot.querySelector(".light")?.remove();
    picture(slot, "");
    const name = slot.querySelector("[data-slot-name]");
    if (name) { name.textContent = slot.dataset.label; name.className = ""; }
    slot.querySelector("[data-slot-remove]").hidden = true;
    slot.querySelector("input[type=file]")?.focus();
    touched();
    settle();
  }
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-composer]")) return;
    if (!event.target.querySelector(".slot.busy")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    toast(event.target.dataset.sayBusy);
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, successful, requestConfig } = event.detail; // made, not only laid out anew
    if (successful && elt.matches?.("form[data-composer]") && requestConfig?.path === elt.getAttribute("hx-post")) failures.clear();
  });
  // another composer stands here
  function laid() { keepAwaited(); showFailures(true); }

  window.Studio = { ...window.Studio, slots: { begin, put, fail, picture, here, laid, told, isMany, isTaken, named: slotsOf } };
})();
