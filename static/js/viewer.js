// One take over the whole screen: dialog[data-viewer], filled from the cards of the page ([data-take] with .pic[data-clip], data-words, data-said,
// data-tags). Its buttons are [data-viewer-do=back|on|mute|tick|pick|reject|rate-N]; the last three and what the keys do to takes are cull.js's, which
// hears "viewer:do" on document with {what, card}. The clip that comes next is loaded ahead. studioViewer.open(card) opens it.
window.studioViewer = (function () {
  "use strict";
  const dialog = document.querySelector("dialog[data-viewer]");
  const find = (name) => dialog.querySelector(`[data-viewer-${name}]`);
  const cards = () => [...document.querySelectorAll("#wall [data-take]")];
  const clipOf = (card) => card?.querySelector(".pic")?.dataset.clip || "";
  const kept = (name, value) => { try { if (value === undefined) return localStorage.getItem(name); localStorage.setItem(name, value); } catch { /* private window */ } return null; };
  let id = "", ahead = null;

  const present = () => document.getElementById(id);
  function draw() {
    const card = present(), all = cards();
    if (!card) return;
    const at = all.indexOf(card), pic = card.querySelector(".pic"), more = document.querySelector("#wall form.more");
    const say = more ? dialog.dataset.sayMore : dialog.dataset.sayOf;
    find("at").textContent = say.replace("{at}", at + 1).replace("{all}", all.length);
    find("said").textContent = pic.dataset.said || "";
    find("words").textContent = pic.dataset.words || "";
    find("tags").textContent = pic.dataset.tags || "";
    find("open").href = pic.href;
    const mark = card.dataset.mark, stars = Number(card.dataset.stars || 0);
    for (const what of ["pick", "reject"]) dialog.querySelector(`[data-viewer-do="${what}"]`)?.setAttribute("aria-pressed", String(mark === what));
    for (const button of dialog.querySelectorAll('[data-viewer-do^="rate-"]')) button.setAttribute("aria-pressed", String(Number(button.dataset.viewerDo.slice(5)) <= stars));
    dialog.querySelector('[data-viewer-do="tick"]').setAttribute("aria-pressed", String(Boolean(card.querySelector("[data-tick]")?.checked)));
    dialog.dataset.mark = mark || "";
  }
  function show(card) {
    if (!card) return;
    id = card.id;
    const video = find("clip"), clip = clipOf(card), poster = card.querySelector(".pic > img")?.src || "";
    find("none").hidden = Boolean(clip);
    video.hidden = !clip;
    video.poster = poster;
    if (clip && video.getAttribute("src") !== clip) video.src = clip;
    if (clip) video.play().catch(() => {});
    if (!clip) { video.removeAttribute("src"); video.load(); }
    draw();
    const all = cards(), next = all[all.indexOf(card) + 1];
    if (clipOf(next)) { ahead = document.createElement("video"); ahead.preload = "auto"; ahead.muted = true; ahead.src = clipOf(next); }
    if (!next || all.indexOf(card) > all.length - 6) document.querySelector("#wall form.more")?.requestSubmit();
  }
  function go(by) {
    const all = cards(), next = all[all.indexOf(present()) + by];
    if (next) show(next);
  }
  const toggle = () => { const video = find("clip"); if (video.paused) video.play().catch(() => {}); else video.pause(); };
  function mute(to) {
    const video = find("clip"), button = dialog.querySelector('[data-viewer-do="mute"]');
    video.muted = to ?? !video.muted;
    button.setAttribute("aria-pressed", String(video.muted));
    dialog.toggleAttribute("data-muted", video.muted);
    kept("viewer-muted", video.muted ? "1" : "0");
  }

  if (dialog) {
    mute(kept("viewer-muted") !== "0");
    dialog.addEventListener("click", (event) => {
      const what = event.target.closest("[data-viewer-do]")?.dataset.viewerDo;
      if (what === "back") go(-1);
      else if (what === "on") go(1);
      else if (what === "mute") mute();
      else if (what) document.dispatchEvent(new CustomEvent("viewer:do", { detail: { what, card: present() } }));
      else if (event.target === find("clip")) toggle();
    });
    dialog.addEventListener("close", () => {
      find("clip").pause();
      ahead = null;
      present()?.querySelector(".pic")?.focus();
      present()?.scrollIntoView({ block: "nearest" });
    });
    document.addEventListener("gallery:drawn", () => { if (dialog.open) draw(); });
    document.addEventListener("htmx:afterSettle", () => { if (dialog.open) draw(); });
  }
  return {
    get isOpen() { return Boolean(dialog?.open); },
    get card() { return present(); },
    open(card) { if (!dialog || !card) return; dialog.showModal(); dialog.focus(); show(card); },
    close() { dialog?.close(); },
    show, go, toggle, mute,
  };
})();
