// Ticks [data-since="ISO time"] each second without asking the server. The server's clock is the truth: the difference to
// ours is taken from the number it rendered. A [data-expected="seconds"] beside it hides when that many have gone by.
(function () {
  "use strict";
  const seconds = (text) => text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  const words = (total) => {
    const h = Math.floor(total / 3600), m = Math.floor((total % 3600) / 60), s = String(total % 60).padStart(2, "0");
    return h ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
  };
  const skew = new WeakMap();
  function tick() {
    const now = Date.now();
    document.querySelectorAll("[data-since]").forEach((element) => {
      const start = Date.parse(element.dataset.since);
      if (Number.isNaN(start)) return;
      const known = skew.get(element);
      if (!known || known.since !== element.dataset.since) {
        const shown = element.textContent.trim();
        const off = shown ? seconds(shown) - (now - start) / 1000 : 0;
        skew.set(element, { since: element.dataset.since, off: Math.abs(off) > 2 ? off : 0 });
      }
      const total = Math.max(0, Math.round((now - start) / 1000 + skew.get(element).off)), text = words(total);
      if (element.textContent !== text) element.textContent = text;
      const about = element.parentElement.querySelector("[data-expected]");
      if (about) about.hidden = total > Number(about.dataset.expected);
    });
  }
  setInterval(() => { if (!document.hidden) tick(); }, 1000);
  for (const name of ["visibilitychange", "htmx:afterSwap", "studio:swapped"]) document.addEventListener(name, tick);
  tick();
})();
