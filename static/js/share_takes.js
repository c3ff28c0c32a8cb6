// The takes of a link ([data-share-take] in #share-takes) by keyboard: up and down walk the rows, other keys (see generations/keys.py) press the buttons [data-act] of
// the row. After the answer the focus is where it was: a row that moved would lose it, and so would a button that cannot be pressed any more.
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
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "share-takes" && event.target.id !== "share-takes") return;
    if (!held || document.activeElement !== document.body) return;
    const there = document.getElementById(held), row = there?.closest("[data-share-take]") || rows()[Math.min(place, rows().length - 1)];
    (there && !there.disabled && !there.matches("li") ? there : field(row))?.focus({ preventScroll: true });
  });
})();
