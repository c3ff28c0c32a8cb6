// The list of shots ([data-shot] in [data-shots]): by keyboard, keys of generations/keys.py press the buttons [data-act] of the row that has the focus, up and
// down walk the rows; rows are dragged by a pointer to behind another one. Every answer is the list as it is now: the focus stays where it was, and what was
// done ("shots:said") is read aloud from [data-shots-said]. A dialog [data-shot-closes] goes once its form was taken; [data-shots-add] begins anew for the next.
(function () {
  "use strict";
  const ACTS = { "shot-up": "up", "shot-down": "down" };
  const rows = () => [...document.querySelectorAll("[data-shot]")];
  const first = (row) => row?.querySelector("[data-act]:not(:disabled), .shotlinks a, .shotstrip a");
  let held = "", at = 0; // the control that had the focus, and which row that was

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("[data-shot]");
    if (!row || event.defaultPrevented) return;
    const name = Object.keys(ACTS).find((one) => studioKeys.is(one, event));
    if (name) {
      event.preventDefault();
      const button = row.querySelector(`[data-act="${ACTS[name]}"]`);
      if (button && !button.disabled) { held = button.id; button.click(); }
      return;
    }
    const step = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey ? 0 : { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const next = step && rows()[rows().indexOf(row) + step];
    if (!next) return;
    event.preventDefault();
    first(next)?.focus();
  });

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-shot]");
    if (event.target.closest?.("dialog")) return; // it gives the focus back to where it was
    held = row ? event.target.id || row.id : "";
    if (row) at = rows().indexOf(row);
  });
  function refocus() {
    if (!held || document.activeElement !== document.body) return;
    const there = document.getElementById(held), row = there?.closest("[data-shot]") || rows()[Math.min(at, rows().length - 1)];
    const other = there?.dataset.act && row?.querySelector("[data-act]:not(:disabled)"); // the way back, not the first thing of the row
    const same = there && !there.disabled && !there.matches("li") ? there : other || first(row);
    same?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }
  // a button that cannot be pressed any more keeps the focus and hears no key: the other one of its row takes it
  function yieldFocus() {
    const now = document.activeElement;
    if (now?.matches?.("[data-act]:disabled")) { now.blur(); refocus(); }
  }
  for (const name of ["htmx:afterSwap", "htmx:afterSettle", "studio:swapped"]) document.addEventListener(name, () => { yieldFocus(); refocus(); });

  document.addEventListener("shots:said", (event) => {
    const place = document.querySelector("[data-shots-said]");
    place.textContent = "";
    requestAnimationFrame(() => { place.textContent = event.detail.text; });
  });
  // once it is swapped: a form that has gone knows no extensions, and its answer would be put into the list
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "shots") event.detail.requestConfig?.elt?.closest?.("[data-shot-closes]")?.closest("dialog")?.close();
  });
  // a form that comes back: one goes on at what is wrong with it, not where one happened to be
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!event.detail.requestConfig?.elt?.matches?.("[data-shots-add], [data-shot-closes]")) return;
    (document.querySelector("#shot-form [aria-invalid=true]") || document.querySelector("[data-shots-add] [aria-invalid=true]"))?.focus();
  });
  let added = false;
  document.addEventListener("shots:added", () => { added = true; });
  document.addEventListener("htmx:afterSettle", () => {
    if (!added) return;
    added = false;
    const code = document.querySelector("[data-shots-add] [name=code]");
    code?.focus();
    code?.select();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-shots-first]")) return;
    event.preventDefault();
    document.querySelector("[data-shots-add] [name=code]")?.focus();
  });

  // --- by drag -------------------------------------------------------------------------------------------
  let dragged = null;
  const clear = () => document.querySelectorAll(".shot.dropbefore, .shot.dropafter").forEach((row) => row.classList.remove("dropbefore", "dropafter"));
  function target(event) {
    const row = dragged && event.target.closest?.("[data-shot]");
    if (!row || row === dragged) return null;
    const box = row.getBoundingClientRect();
    return { row, isBefore: event.clientY < box.top + box.height / 2 };
  }
  document.addEventListener("dragstart", (event) => {
    const row = event.target.closest?.("[data-shot][draggable]");
    if (!row || event.target !== row) return;
    dragged = row;
    row.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("application/x-shot", row.dataset.shot);
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
    const after = there.isBefore ? there.row.dataset.before : there.row.dataset.shot;
    if (after === dragged.dataset.shot) return; // where it is
    held = "";
    window.htmx?.ajax("POST", dragged.dataset.placeUrl, { source: dragged, target: "#shots", swap: "morph:outerHTML", values: { after } });
  });
  document.addEventListener("dragend", () => { clear(); dragged?.classList.remove("dragged"); dragged = null; });
})();
