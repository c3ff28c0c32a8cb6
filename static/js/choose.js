// form[data-choose][data-least][data-most] with a [data-choose-go] button: says how many boxes that belong to it (form="…") are ticked, and
// lets the button be pressed when that many will do. A box beyond the most unticks the one ticked first. Ticks outlive a live swap.
(function () {
  "use strict";
  const ticked = []; // values, in the order of ticking
  const forms = () => [...document.querySelectorAll("form[data-choose]")];
  const boxes = (form) => [...form.elements].filter((field) => field.type === "checkbox");
  function draw() {
    for (const form of forms()) {
      for (const box of boxes(form)) box.checked = ticked.includes(box.value);
      const button = form.querySelector("[data-choose-go]"), count = form.querySelector("[data-choose-count]");
      const enough = ticked.length >= Number(form.dataset.least);
      button.toggleAttribute("disabled", !enough);
      if (count) count.textContent = ticked.length || "";
      document.body.classList.toggle("selecting", ticked.length > 0);
    }
  }
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (event.target.type !== "checkbox" || !form?.matches("[data-choose]")) return;
    const at = ticked.indexOf(event.target.value);
    if (event.target.checked && at < 0) ticked.push(event.target.value);
    if (!event.target.checked && at >= 0) ticked.splice(at, 1);
    if (ticked.length > Number(form.dataset.most)) ticked.shift();
    draw();
  });
  document.addEventListener("studio:swapped", draw);
  draw();
})();
