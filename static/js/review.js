// Review, on the page of a take and in the playlist. Keys: approve, request-changes press the buttons [data-decide] of [data-decision]; review-on and
// review-back press [data-reviews-step], review-undo [data-reviews-undo]. Dialogs close once their form [data-closes] was answered. In the playlist [data-reviews] the next take comes by itself
// at the end of a clip, and the next page plays on where this one played, unless [data-reviews-on] is not checked; that choice is kept by the browser.
(function () {
  "use strict";
  const KEPT = "reviews-play-on";
  const wishes = () => { try { return localStorage.getItem(KEPT) !== "0"; } catch { return true; } };
  const wish = (on) => { try { localStorage.setItem(KEPT, on ? "1" : "0"); } catch { /* private window */ } };
  const part = (selector) => document.querySelector(selector);
  const press = (selector) => { const found = part(selector); if (!found) return false; found.click(); return undefined; };
  const PLAYS = "reviews-plays";
  const carry = (on) => { try { if (on) sessionStorage.setItem(PLAYS, "1"); else sessionStorage.removeItem(PLAYS); } catch { /* private window */ } };
  const carried = () => { try { return sessionStorage.getItem(PLAYS) === "1"; } catch { return false; } };

  // who writes, or is asked something, is not led away
  const busy = () => part("dialog[open]") || [...document.querySelectorAll("textarea[name=body]")].some((box) => box.value.trim());
  document.addEventListener("click", (event) => { if (event.target.closest?.('[data-decide="changes"]')) part("[data-player-root] video")?.pause(); });

  // in the playlist the next take comes by itself: a key that was meant for the one before does not approve it
  const UNSEEN_MS = 1000;
  const tooSoon = () => Boolean(part("[data-reviews]")) && !("reviewsReady" in document.body.dataset);
  studioKeys.on("approve", () => (tooSoon() ? undefined : press('[data-decision] [data-decide="approved"]')));
  studioKeys.on("request-changes", () => press('[data-decision] [data-decide="changes"]')); // asks for words first
  let shown = "";
  function ready() {
    const take = part("[data-review]")?.dataset.take || location.href;
    if (!part("[data-reviews]") || take === shown) return;
    shown = take;
    delete document.body.dataset.reviewsReady;
    setTimeout(() => { if (take === shown) document.body.dataset.reviewsReady = ""; }, UNSEEN_MS);
  }
  studioKeys.on("review-undo", () => (part("[data-reviews]") ? press("[data-reviews-undo]") : false));
  for (const way of ["on", "back"]) {
    studioKeys.on(way === "on" ? "review-on" : "review-back", () => part("[data-reviews]") ? press(`[data-reviews-step="${way}"]`) : false, { unless: "input, textarea, select, [contenteditable], [role=slider]" });
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.detail.requestConfig?.elt?.closest?.("form");
    if (!form?.matches("[data-closes]") || !event.detail.shouldSwap) return;
    form.closest("dialog")?.close();
    closed = true;
  });
  // the button that opened it may be gone with what it offered
  let closed = false;
  document.addEventListener("htmx:afterSettle", () => {
    if (closed && document.activeElement === document.body) part("#decision :is(.stand, .decide) :is(button:not(:disabled), a[href])")?.focus({ preventScroll: true });
    closed = false;
  });

  const heard = new WeakSet();
  let played = false;
  addEventListener("pagehide", () => { if (part("[data-reviews]")) carry(played); });

  function settle() {
    ready();
    const box = part("[data-reviews-on]");
    if (!box) return;
    box.checked = wishes();
    const root = part("[data-reviews] [data-player-root]"), video = root?.querySelector("video");
    if (!video) return;
    if (heard.has(video)) return;
    heard.add(video);
    for (const name of ["play", "pause"]) video.addEventListener(name, () => { if (!video.ended) played = !video.paused; });
    video.addEventListener("ended", () => { if (part("[data-reviews-on]")?.checked && !busy()) press('[data-reviews-step="on"]'); });
    if (carried() && box.checked) {
      carry(false);
      // with sound a browser may refuse before the first click on a page; who paused meanwhile wants it still
      video.play().catch((error) => { if (error.name !== "NotAllowedError") return; video.muted = true; video.play().catch(() => {}); });
    }
    const now = part(".queue [aria-current]"), list = now?.closest(".queue");
    if (list) { list.scrollTop = now.offsetTop - list.offsetTop - 40; list.scrollLeft = now.offsetLeft - list.offsetLeft - 40; }
  }
  document.addEventListener("change", (event) => { if (event.target.matches("[data-reviews-on]")) wish(event.target.checked); });
  for (const name of ["htmx:afterSwap", "studio:swapped"]) document.addEventListener(name, settle);
  settle();
})();
