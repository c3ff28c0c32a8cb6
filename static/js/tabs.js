// A row of tabs that is wider than the page shows the one that is open.
(function () {
  "use strict";
  const show = () => document.querySelectorAll(".tabs").forEach((row) => {
    const now = row.querySelector("[aria-current], [aria-selected=true]");
    if (!now || row.scrollWidth <= row.clientWidth) return;
    const at = now.getBoundingClientRect(), box = row.getBoundingClientRect();
    row.scrollLeft += at.left - box.left - (row.clientWidth - at.width) / 2;
  });
  addEventListener("resize", show);
  show();
})();
