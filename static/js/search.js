// The slash key goes to the search of the page: [data-search] around an input.
(function () {
  "use strict";
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], dialog[open]")) return;
    const field = document.querySelector("[data-search] input");
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
})();
