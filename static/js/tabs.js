// A row of tabs that is wider than the page shows the one that is open.
(function () {
  "use strict";
  function show(row) {
    const now = row.querySelector("[aria-current], [aria-selected=true]");
    if (!now || row.scrollWidth <= row.clientWidth) return;
    const at = now.getBoundingClientRect(), box = row.getBoundingClientRect();
    row.scrollLeft += at.left - box.left - (row.clientWidth - at.width) / 2;
  }
  // told once the page is laid out, at first and whenever the row has another size: asking earlier lays it out twice
  const rows = new ResizeObserver((seen) => { for (const { target } of seen) show(target); });
  for (const row of document.querySelectorAll(".tabs")) rows.observe(row);
})();
