// A number that CSS needs and no style attribute may carry: data-ar="w/h" not in take.css. Set through CSSOM, which the CSP allows;
// again after every swap.
(function () {
  "use strict";
  const known = new Set(["16/9", "9/16", "1/1", "4/3", "3/4", "3/2", "2/3", "21/9", "9/21", "4/5", "5/4"]);
  function run(root) {
    root.querySelectorAll?.("[data-ar]").forEach((element) => {
      const ratio = element.dataset.ar;
      if (known.has(ratio) || !/^\d+(\.\d+)?\/\d+(\.\d+)?$/.test(ratio)) return;
      element.style.setProperty("--ar", ratio.replace("/", " / "));
      const [w, h] = ratio.split("/").map(Number);
      element.closest(".take")?.style.setProperty("--w", String(w / h));
    });
  }
  run(document);
  for (const name of ["htmx:afterSwap", "studio:swapped"]) document.addEventListener(name, () => run(document));
})();
