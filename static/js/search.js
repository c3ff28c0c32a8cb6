// A key (see generations/keys.py) goes to the search of the page: [data-search] around an input.
(function () {
  "use strict";
  studioKeys.on("search", () => {
    const field = document.querySelector("[data-search] input");
    if (!field) return false;
    field.focus();
    field.select();
  });
})();
