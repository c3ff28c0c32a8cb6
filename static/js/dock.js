// The composer on a phone (styles under 720 px; elsewhere nothing of this shows). At rest the dock shows the files that are in, the prompt, the
// settings and the button; .dock.open shows everything. It opens when somebody writes in it or comes by key, or presses [data-dock-open], and
// closes by a tap beside it. A tap on a button of it opens nothing: what is under the finger must not move away. While the feed scrolls down it shrinks further, to prompt and button.
(function () {
  "use strict";
  const dock = () => document.querySelector(".dock");
  const isNarrow = () => innerWidth <= 720;
  const OVER_IT = "dialog, [popover], .toast"; // what belongs to the composer and lies elsewhere in the page
  function set(isOpen) {
    dock()?.classList.toggle("open", isOpen);
    dock()?.classList.remove("shrunk");
    tell();
  }
  const tell = () => document.querySelector("[data-dock-open]")?.setAttribute("aria-expanded", String(Boolean(dock()?.classList.contains("open"))));
  // the page's own autofocus is nobody writing
  let acted = false;
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => { acted = true; }, { capture: true, once: true });
  document.addEventListener("focusin", (event) => { if (acted && event.target.closest?.(".dock") && event.target.matches(":focus-visible")) set(true); });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-dock-open]")) { set(true); return; }
    if (!event.target.isConnected || event.target.closest(".dock") || event.target.closest(OVER_IT)) return;
    if (!dock()?.contains(document.activeElement)) set(false);
  });
  document.addEventListener("htmx:afterSettle", tell); // a fresh composer

  let last = 0;
  addEventListener("scroll", () => {
    const box = dock();
    if (!box || !isNarrow() || Math.abs(scrollY - last) < 24) return;
    const down = scrollY > last && scrollY > 160 && !box.contains(document.activeElement);
    box.classList.toggle("shrunk", down);
    if (down) { box.classList.remove("open"); tell(); }
    last = scrollY;
  }, { passive: true });
})();
