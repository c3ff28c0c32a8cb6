// The matrix page (form[data-matrix], which asks the server for its cells and prices by itself when something in it changes).
// The boxes at the heads ([data-all], [data-row], [data-column]) tick and untick their cells ([data-cell="row-column"]) and show
// whether all, some or none are ticked. One more prompt ([name=add_prompt], [data-prompt]) and taking one or a model out happen at
// once, here; without this script the same buttons ask the server. While the cells are not those of the form nothing can be generated,
// and an answer that was asked for before the last change is out of date.
(function () {
  "use strict";
  const form = () => document.querySelector("[data-matrix]");
  const cells = (head) => [...form().querySelectorAll("[data-cell]")].filter((cell) => {
    const [row, column] = cell.dataset.cell.split("-");
    return "all" in head.dataset || head.dataset.row === row || head.dataset.column === column;
  });
  function draw() {
    form()?.querySelectorAll("[data-all], [data-row], [data-column]").forEach((head) => {
      const mine = cells(head), ticked = mine.filter((cell) => cell.checked).length;
      head.disabled = !mine.length;
      head.checked = mine.length > 0 && ticked === mine.length;
      head.indeterminate = ticked > 0 && ticked < mine.length;
    });
  }
  // before htmx reads the form
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-matrix] :is([data-all], [data-row], [data-column])")) return;
    for (const cell of cells(event.target)) cell.checked = event.target.checked;
  }, true);
  document.addEventListener("change", draw);
  document.addEventListener("htmx:afterSettle", draw);

  // --- prompts and models come and go at once -------------------------------------------------------
  const changed = () => form().dispatchEvent(new Event("input", { bubbles: true }));
  const prompts = () => [...form().querySelectorAll("[data-prompt]")];
  function arrange() {
    const all = prompts(), more = form().querySelector("[name=add_prompt]");
    all.forEach((box, at) => {
      box.querySelector("textarea").id = `matrix-prompt-${at + 1}`;
      const drop = box.querySelector("[name=drop_prompt]");
      drop.value = String(at);
      drop.hidden = all.length === 1;
    });
    if (more) more.hidden = all.length >= Number(more.dataset.most);
  }
  const acts = {
    add_prompt() {
      const last = prompts().at(-1), box = last.cloneNode(true), area = box.querySelector("textarea");
      area.value = area.textContent = "";
      last.after(box);
      arrange();
      area.focus();
    },
    drop_prompt(button) {
      button.closest("[data-prompt]").remove();
      arrange();
      prompts().at(-1).querySelector("textarea").focus();
    },
    drop_model(button) {
      form().querySelector(`input[name=model][value="${button.value}"]`)?.remove();
      button.closest("li").remove();
    },
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-matrix] button[name]"), act = button && acts[button.name];
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act(button);
    changed();
  }, true);

  // --- what is shown and what is filled in ------------------------------------------------------------
  let edition = 0, asked = 0;
  const mine = (event) => event.detail.target?.id === "matrix";
  function wait(isOn) {
    const button = form()?.querySelector("[data-generate]");
    if (!button) return;
    button.classList.toggle("pending", isOn);
    if (isOn) button.disabled = true;
  }
  document.addEventListener("input", (event) => { if (event.target.closest?.("[data-matrix]")) { edition += 1; wait(true); } });
  document.addEventListener("htmx:beforeRequest", (event) => { if (mine(event)) asked = edition; });
  document.addEventListener("htmx:beforeSwap", (event) => { if (mine(event) && asked !== edition) event.detail.shouldSwap = false; });
  document.addEventListener("htmx:sendError", (event) => { if (mine(event)) setTimeout(changed, 4000); }); // the connection is away
  draw();
})();
