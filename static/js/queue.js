// The queue by keyboard: up and down walk the rows; other keys (see generations/keys.py) move the take among its author's own, pause
// it and let it go on. The buttons of a row do the work, so what is not offered cannot be pressed.
(function () {
  "use strict";
  const rows = () => [...document.querySelectorAll("[data-queue-row]")];
  const ACTS = { "queue-up": "up", "queue-down": "down", "queue-front": "front", "queue-pause": "pause" };
  let held = ""; // the control that had the focus: a row that moves in the page would lose it

  function press(row, act) {
    const button = row.querySelector(`[data-act="${act}"]`);
    if (button && !button.disabled) button.click();
  }
  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("[data-queue-row]");
    if (document.querySelector("dialog[open]")) return;
    if (!row) {
      if (event.key === "ArrowDown" && event.target === document.body) { event.preventDefault(); rows()[0]?.querySelector("a").focus(); }
      return;
    }
    const name = Object.keys(ACTS).find((one) => studioKeys.is(one, event));
    if (name) { event.preventDefault(); return press(row, ACTS[name]); }
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = rows();
    all[all.indexOf(row) + step]?.querySelector("a").focus();
  });

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-queue-row]");
    held = row ? event.target.id || row.id : "";
  });
  document.addEventListener("studio:swapped", () => {
    if (!held || document.activeElement !== document.body) return;
    const there = document.getElementById(held);
    const target = there?.matches("[data-queue-row]") || there?.disabled ? there.closest("[data-queue-row]").querySelector("a") : there;
    target?.focus({ preventScroll: true });
  });
})();
