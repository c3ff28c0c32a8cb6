// The one poll of a page. The element [data-live] carries data-url, data-version and data-busy ("true" while something is in
// flight); the answer is that element again (204: nothing changed). Every 2 s when busy, 15 s when not, never while the tab is
// hidden, at once when it is seen again or when something dispatches "live:refresh" (also by HX-Trigger). Morphs, so focus,
// hover, open menus and playing videos stay. data-title on the element becomes the tab's title.
(function () {
  "use strict";
  const BUSY = 2000, IDLE = 15000, MOST = 30000;
  let timer, asking = false, again = false, failures = 0, stopped = false;
  const live = () => document.querySelector("[data-live]");

  // morphing must not undo what scripts and people did to an element
  const defaults = window.Idiomorph?.defaults;
  if (defaults) {
    // what a person writes stays; of any other element that has the focus this would keep all that is in it
    Object.defineProperty(defaults, "ignoreActiveValue", { enumerable: true, get: () => Boolean(document.activeElement?.matches("input, textarea, select, [contenteditable]")) });
    Object.assign(defaults.callbacks, {
      beforeAttributeUpdated: (name, node) => {
        if (name === "style" || name === "open" || name === "aria-expanded") return false;
        return !(name === "class" && node.matches("[data-menu], .scrubbing"));
      },
      beforeNodeMorphed: (node, fresh) => {
        if (node.nodeType !== 1) return true;
        if (node.matches(".slot.busy")) { Object.assign(node.dataset, fresh.dataset); return false; } // its file is on its way; the place is the new one's
        if (node.matches("[data-since]")) return true;
        if (node.matches(":popover-open:not([data-renews]), dialog[open]")) return false; // [data-renews]: a list that shows what is left, open or not
        if (node.matches("video") && !node.paused) return false;
        return !node.matches("[data-keep]");
      },
      // what is kept goes all the same when the answer has it no more: a button must not outlive the state it belongs to
      beforeNodeRemoved: (node) => !(node.nodeType === 1 && node.matches(".scrub")),
      afterNodeAdded: (node) => {
        if (node.nodeType === 1 && node.matches("[data-take]")) node.classList.add("fresh");
      },
    });
  }

  let line;
  function say(words) {
    if (!words) { line?.remove(); line = null; return; }
    if (!line) {
      line = document.createElement("div");
      line.className = "connection";
      line.setAttribute("role", "status");
      document.body.append(line);
    }
    if (line.textContent !== words) line.textContent = words;
  }

  function schedule() {
    clearTimeout(timer);
    const element = live();
    if (!element || document.hidden || stopped) return;
    const usual = element.dataset.busy === "true" ? BUSY : IDLE;
    timer = setTimeout(ask, failures ? Math.min(MOST, 2000 * 2 ** failures) : usual);
  }

  async function ask() {
    const element = live();
    if (!element || document.hidden || stopped) return;
    if (asking) { again = true; return; }
    asking = true;
    clearTimeout(timer);
    try {
      const url = new URL(element.dataset.url, location.href);
      url.searchParams.set("v", element.dataset.version || "");
      const reply = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin", signal: AbortSignal.timeout(20000) });
      if (reply.redirected || reply.status === 401 || reply.status === 403 || reply.status === 404) {
        stopped = true;
        say(document.body.dataset.saySignedOut);
        document.dispatchEvent(new CustomEvent("live:stopped"));
      } else if (reply.status === 200) {
        swap(element, await reply.text());
        failures = 0;
        say("");
      } else if (reply.status === 204) {
        failures = 0;
        say("");
      } else {
        throw new Error(String(reply.status));
      }
    } catch {
      failures += 1;
      if (failures > 1) say(document.body.dataset.sayLost);
    }
    asking = false;
    if (again) { again = false; ask(); } else schedule();
  }

  function swap(element, html) {
    const here = live();
    if (here !== element) return; // the page changed meanwhile
    const page = new DOMParser().parseFromString(html, "text/html");
    const next = page.querySelector("[data-live]");
    if (!next) return;
    if (window.Idiomorph) Idiomorph.morph(element, next, { morphStyle: "outerHTML" });
    else element.replaceWith(next);
    const now = live();
    window.htmx?.process(now);
    if (now.dataset.title) document.title = now.dataset.title;
    now.dispatchEvent(new CustomEvent("studio:swapped", { bubbles: true }));
  }

  document.addEventListener("visibilitychange", () => { if (document.hidden) clearTimeout(timer); else ask(); });
  addEventListener("online", ask);
  document.addEventListener("live:refresh", ask);
  document.addEventListener("htmx:afterSwap", schedule);
  document.addEventListener("htmx:afterRequest", (event) => {
    const verb = event.detail.requestConfig?.verb;
    if (verb && verb !== "get" && event.detail.elt.closest?.("[data-live]")) ask(); // a verb of a card: show what came of it
  });
  schedule();
})();
