// form[data-fill] puts something of a take into the composer. Where the page shows one, in place: the composer goes along as it stands, and comes
// back filled. Elsewhere the form posts by itself and the studio page follows. [data-card-menu="url"] opens the one menu of all cards with what
// that address answers; without this script it is a link to the take.
(function () {
  "use strict";
  const composer = () => document.querySelector("form[data-composer]");

  document.addEventListener("submit", (event) => {
    const fill = event.target.closest("form[data-fill]");
    if (!fill || !composer() || !window.htmx) return;
    event.preventDefault();
    const values = {};
    for (const [name, value] of new FormData(fill, event.submitter)) values[name] = value;
    htmx.ajax("POST", fill.action, { source: composer(), target: "#composer", swap: "morph:outerHTML", values }).then(() => {
      const area = composer()?.elements.prompt;
      area?.focus({ preventScroll: true });
      area?.dispatchEvent(new CustomEvent("composer:filled", { bubbles: true }));
    });
  });

  // --- one menu for all cards ------------------------------------------------------------------------
  let menu, opener;
  function build() {
    menu = document.createElement("ul");
    menu.className = "menu";
    menu.id = "card-menu";
    menu.setAttribute("role", "menu");
    menu.setAttribute("popover", "");
    menu.dataset.menu = "";
    menu.dataset.align = "end";
    menu.addEventListener("toggle", (event) => { if (event.newState === "closed") close(); });
    document.body.append(menu);
  }
  function close() {
    opener?.removeAttribute("popovertarget");
    opener?.setAttribute("aria-expanded", "false");
    if (menu.contains(document.activeElement) || document.activeElement === document.body) opener?.focus();
  }
  async function open(button) {
    if (!menu) build();
    const reply = await fetch(button.dataset.cardMenu, { headers: { "HX-Request": "true" } });
    if (!reply.ok || reply.redirected) return location.assign(button.href);
    opener = button;
    opener.setAttribute("popovertarget", menu.id); // menu.js places it beside this button
    menu.setAttribute("aria-label", button.getAttribute("aria-label"));
    menu.replaceChildren(...new DOMParser().parseFromString(await reply.text(), "text/html").body.childNodes);
    menu.showPopover();
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-card-menu]");
    if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(button).catch(() => location.assign(button.href));
  });
  document.addEventListener("keydown", (event) => {
    const button = event.target.closest?.("[data-card-menu]");
    if (!button || !["ArrowDown", " "].includes(event.key)) return;
    event.preventDefault();
    button.click();
  });
})();
