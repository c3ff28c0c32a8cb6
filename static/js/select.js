// Ticking many: form[data-select] with the boxes [data-tick] that belong to it (form="…"); Shift ticks the stretch since the last one.
//   [data-select-count] says how many (data-say-one, data-say-many with {n}), [data-select-all] ticks all that are shown; Escape unticks all.
//   [data-select-every] (a check box) means all that the filter finds, also what is not loaded: what is unticked then goes along as "but"
//   (data-say-every, data-say-every-but with {n}), also after the list was loaded anew; another filter ([data-query] of #wall) unticks all.
// The bar shows itself by CSS; without this script single ticks and the buttons work all the same.
(function () {
  "use strict";
  const form = () => document.querySelector("form[data-select]");
  const boxes = () => [...document.querySelectorAll("[data-tick]")];
  let last = null; // the box ticked or unticked before

  const every = () => Boolean(form()?.querySelector("[data-select-every]")?.checked);
  const but = new Set(); // what was unticked while all are meant
  const everyWords = (bar) => (but.size ? bar.dataset.sayEveryBut.replace("{n}", but.size) : bar.dataset.sayEvery);
  function draw() {
    const bar = form();
    if (!bar) return;
    if (every()) for (const box of boxes()) if (box.checked) but.delete(box.value); else but.add(box.value);
    const count = boxes().filter((box) => box.checked).length;
    bar.querySelector("[data-select-count]").textContent = every() ? everyWords(bar) : count === 1 ? bar.dataset.sayOne : bar.dataset.sayMany.replace("{n}", count);
    document.body.classList.toggle("selecting", count > 0 || every());
  }
  function stretch(to) {
    const all = boxes(), from = all.indexOf(last), at = all.indexOf(to);
    if (from < 0) return;
    for (const box of all.slice(Math.min(from, at), Math.max(from, at) + 1)) box.checked = to.checked;
  }
  function none() {
    const all = form()?.querySelector("[data-select-every]");
    if (all) all.checked = false;
    for (const box of boxes()) box.checked = false;
    draw();
  }

  document.addEventListener("click", (event) => {
    if (event.target.matches?.("[data-tick]")) {
      if (event.shiftKey) stretch(event.target);
      last = event.target;
      draw();
    } else if (event.target.closest?.("[data-select-all]")) {
      for (const box of boxes()) box.checked = true;
      draw();
    }
  });
  // a press with Shift on a box selects no text
  document.addEventListener("mousedown", (event) => { if (event.shiftKey && event.target.closest?.(".pickbox")) event.preventDefault(); });
  document.addEventListener("reset", (event) => { if (event.target === form()) setTimeout(none); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], [data-menu]:popover-open")) return;
    if (boxes().some((box) => box.checked)) none();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-select-every]")) return;
    but.clear();
    for (const box of boxes()) box.checked = event.target.checked;
    draw();
  });
  document.addEventListener("formdata", (event) => {
    if (event.target !== form() || !every()) return;
    event.formData.delete("take");
    for (const id of but) event.formData.append("but", id);
  });
  // what is loaded while all are meant is meant too
  document.addEventListener("htmx:load", (event) => {
    const elt = event.detail.elt;
    if (!every()) return;
    if (elt.id === "wall" && elt.dataset.query !== form().elements.of.value) none();
    else for (const box of elt.querySelectorAll?.("[data-tick]") || []) box.checked = !but.has(box.value);
  });
  document.addEventListener("htmx:afterSettle", draw);
  addEventListener("pageshow", draw); // a browser that goes back ticks again what was ticked
  draw();
})();
