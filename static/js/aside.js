// What is set aside is listed in a panel of the composer. When an item is removed or brought back the focus goes on to the one that stands there
// now; after the last of the list to the one before it, and where the panel goes with its last item to the prompt. Contract: #composer-aside, see templates/generations/_aside.html.
(function () {
  "use strict";
  const PANEL = "composer-aside";
  let wasIn = false; // the focus, when the request went out
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.detail.elt.closest?.(`#${PANEL}`)) wasIn = true; });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!wasIn || event.detail.target?.id !== "composer") return;
    wasIn = false;
    dispatchEvent(new Event("resize")); // the panel is smaller now: menu.js puts it beside its chip again
    const isLost = document.activeElement === document.body || !document.activeElement?.isConnected;
    if (!isLost) return;
    const left = [...document.querySelectorAll(`#${PANEL} [name=aside_out]`)];
    (left.at(-1) || document.querySelector("form[data-composer]")?.elements.prompt)?.focus({ preventScroll: true });
  });
})();
