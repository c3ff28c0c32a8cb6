// Menus and panels: the popover opens by itself (popovertarget); this places it beside its button, keeps aria-expanded true,
// and gives role=menu its keys (arrows, Home, End, first letter, Tab closes). Also opens and closes the rail on small screens.
(function () {
  "use strict";
  const buttonOf = (menu) => document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  const itemsOf = (menu) => [...menu.querySelectorAll('[role^="menuitem"]:not(:disabled)')].filter((item) => item.getClientRects().length);

  function place(menu) {
    const button = buttonOf(menu);
    if (!button) return;
    menu.classList.add("placed");
    const at = button.getBoundingClientRect(), gap = 6, edge = 8;
    const width = menu.offsetWidth, height = menu.offsetHeight;
    const end = menu.dataset.align === "end";
    let left = end ? at.right - width : at.left;
    left = Math.max(edge, Math.min(left, innerWidth - width - edge));
    const below = innerHeight - at.bottom - gap - edge, above = at.top - gap - edge;
    const top = below >= height || below >= above ? at.bottom + gap : at.top - gap - height;
    menu.style.left = `${left}px`;
    menu.style.top = `${Math.max(edge, top)}px`;
  }

  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.("[data-menu]")) return;
    const isOpen = event.newState === "open";
    buttonOf(menu)?.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    place(menu);
    if (menu.getAttribute("role") === "menu") itemsOf(menu)[0]?.focus();
    else menu.querySelector("input, select, textarea, a, button")?.focus();
  }, true);

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.('[data-menu][role="menu"]');
    if (!menu) {
      if (event.key === "ArrowDown" && event.target.matches?.('[data-menu-button][aria-haspopup="menu"]')) { event.preventDefault(); event.target.click(); }
      return;
    }
    const items = itemsOf(menu), now = items.indexOf(document.activeElement);
    const go = (index) => { event.preventDefault(); items[(index + items.length) % items.length]?.focus(); };
    if (event.key === "ArrowDown") go(now + 1);
    else if (event.key === "ArrowUp") go(now - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(-1);
    else if (event.key === "Tab") menu.hidePopover();
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      const letter = event.key.toLowerCase();
      const found = [...items.slice(now + 1), ...items].find((item) => item.textContent.trim().toLowerCase().startsWith(letter));
      if (found) { event.preventDefault(); found.focus(); }
    }
  });
  document.addEventListener("click", (event) => {
    const item = event.target.closest('[role^="menuitem"]');
    if (item) item.closest("[data-menu]")?.hidePopover?.();
  });
  for (const name of ["resize", "scroll"]) {
    addEventListener(name, () => document.querySelectorAll("[data-menu]:popover-open").forEach(place), { passive: true, capture: true });
  }

  // the rail
  const rail = document.querySelector("[data-rail]");
  const setRail = (isOpen) => {
    if (!rail) return;
    rail.classList.toggle("open", isOpen);
    const button = document.querySelector("[data-rail-open]");
    button?.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) rail.querySelector("a")?.focus(); else button?.focus();
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-rail-open]")) { event.preventDefault(); setRail(!rail?.classList.contains("open")); }
    else if (event.target.closest("[data-rail-close]")) { event.preventDefault(); setRail(false); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && rail?.classList.contains("open")) setRail(false);
    if (event.key === " " && event.target.matches?.("[data-rail-open]")) { event.preventDefault(); setRail(true); }
  });
})();
