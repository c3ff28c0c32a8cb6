// The takes of a link ([data-share-take] in #share-takes) by keyboard: up and down walk the rows, other keys (see generations/keys.py) press the buttons [data-act] of
// the row. After the answer the focus is where it was: a row that moved would lose it, and so would a button that cannot be pressed any more.
// An answer holds the captions as they are kept: what is written in another row meanwhile, and what an answer refused, stays in its field.
(function () {
  "use strict";
  const ACTS = { "share-take-up": "up", "share-take-down": "down", "share-take-first": "first", "share-take-out": "out" };
  const rows = () => [...document.querySelectorAll("[data-share-take]")];
  const field = (row) => row?.querySelector("input:not([type=hidden])");
  let held = "", place = 0;

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("[data-share-take]");
    if (!row || document.querySelector("dialog[open]")) return;
    const name = Object.keys(ACTS).find((one) => studioKeys.is(one, event)), button = name && row.querySelector(`[data-act="${ACTS[name]}"]`);
    if (name === "share-take-out" && event.target.matches("input")) return;
    if (button) { event.preventDefault(); if (!button.disabled) button.click(); return; }
    const step = event.altKey || event.ctrlKey || event.metaKey ? 0 : { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    field(rows()[rows().indexOf(row) + step])?.focus();
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-share-take]");
    held = row ? event.target.id || row.id : "";
    if (row) place = rows().indexOf(row);
  });
  const isList = (event) => event.detail.target?.id === "share-takes" || event.target.id === "share-takes";
  // a request that waited its turn: the button that was pressed for it, not the one that has the focus by now
  document.addEventListener("htmx:configRequest", (event) => {
    if (!isList(event)) return;
    const { parameters, triggeringEvent } = event.detail, by = triggeringEvent?.submitter;
    if (by?.name) parameters[by.name] = by.value; else delete parameters.act;
  });
  let written = new Map(); // id of a field -> [what stands in it alone, whether it was refused]
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isList(event)) return;
    const { elt, parameters } = event.detail.requestConfig, isKept = event.detail.xhr.status < 400;
    const fields = rows().map(field).filter((one) => one && one.value !== one.defaultValue);
    const isDone = (one) => isKept && one.form === elt && one.value === parameters.caption;
    const left = fields.filter((one) => !isDone(one));
    for (const one of fields.filter(isDone)) one.defaultValue = one.value; // a morph leaves the field alone that has the focus
    written = new Map(left.map((one) => [one.id, [one.value, !isKept && one.form === elt || one.hasAttribute("aria-invalid")]]));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!isList(event)) return;
    for (const [id, [value, isRefused]] of written) {
      const there = document.getElementById(id);
      if (!there) continue;
      there.value = value;
      if (isRefused) there.setAttribute("aria-invalid", "true");
    }
    written.clear();
    if (!held || document.activeElement !== document.body) return;
    const there = document.getElementById(held), row = there?.closest("[data-share-take]") || rows()[Math.min(place, rows().length - 1)];
    (there && !there.disabled && !there.matches("li") ? there : field(row))?.focus({ preventScroll: true });
  });
})();
