// The boxes at the heads of a matrix ([data-all], [data-row], [data-column]) tick and untick their cells ([data-cell="row-column"]) and show
// whether all, some or none are ticked. The form asks the server for prices by itself when a box changes.
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
  draw();
})();
