// The queue by keyboard: up and down walk the rows; other keys (see generations/keys.py) move the take among its author's own, pause
// it and let it go on. The buttons of a row do the work, so what is not offered cannot be pressed.
// Rows of mine ([draggable][data-take][data-move-url]) are also dragged to where another one of the same line stands.
(function () {
  "use strict";
  const rows = () => [...document.querySelectorAll("[data-queue-row]")];
  const ACTS = { "queue-up": "up", "queue-down": "down", "queue-front": "front", "queue-pause": "pause" };
  let held = "", at = 0; // the control that had the focus: a row that moves in the page would lose it; and which row that was

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
    if (event.target.closest?.("dialog")) return; // it gives the focus back to where it was, if that is still there
    const row = event.target.closest?.("[data-queue-row]");
    held = row ? event.target.id || row.id : event.target.closest?.(".qhead form")?.id || "";
    at = Math.max(rows().indexOf(row), 0);
  });
  document.addEventListener("studio:swapped", () => {
    if (!held || document.activeElement !== document.body) return;
    const there = document.getElementById(held) || rows()[Math.min(at, rows().length - 1)]; // a cancelled row gives it to the one in its place
    const row = there?.matches("[data-queue-row]") || there?.disabled;
    const target = row ? there.closest("[data-queue-row]").querySelector("a") : there?.matches("form") ? there.querySelector("button") : there;
    (target || document.querySelector(".qhead a[aria-current]"))?.focus({ preventScroll: true });
  });

  // --- by drag -------------------------------------------------------------------------------------------
  let dragged = null;
  const clear = () => document.querySelectorAll(".qrow.dropbefore, .qrow.dropafter").forEach((row) => row.classList.remove("dropbefore", "dropafter"));
  function target(event) {
    const row = event.target.closest?.("[data-queue-row][draggable]"), line = dragged?.parentElement;
    if (!row || row === dragged || row.parentElement !== line) return null;
    const all = [...line.children];
    return { row, isBefore: all.indexOf(row) < all.indexOf(dragged) };
  }
  document.addEventListener("dragstart", (event) => {
    const row = event.target.closest?.("[data-queue-row][draggable]");
    if (!row || event.target !== row) return; // a link or a picture of it is dragged as such
    dragged = row;
    row.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("application/x-take", row.dataset.take);
  });
  document.addEventListener("dragover", (event) => {
    const there = target(event);
    clear();
    if (!there) return;
    event.preventDefault();
    there.row.classList.add(there.isBefore ? "dropbefore" : "dropafter");
  });
  document.addEventListener("drop", (event) => {
    const there = target(event);
    if (!there) return;
    event.preventDefault();
    const { moveUrl } = dragged.dataset, place = there.row.dataset.take;
    if (there.isBefore) there.row.before(dragged); else there.row.after(dragged); // the next answer of the page has the true order
    const done = () => document.dispatchEvent(new CustomEvent("live:refresh"));
    window.htmx?.ajax("POST", moveUrl, { source: there.row, swap: "none", values: { place_of: place } }).then(done, done);
  });
  document.addEventListener("dragend", () => { clear(); dragged?.classList.remove("dragged"); dragged = null; });
})();
