// A guest's page: where a note is written. It stands at the frame where the player stands ("player:frame" of player.js): [data-note-at] says which, [data-note-on] turns
// that off; what was drawn ([data-note-draw], sketch.js) holds its own frame. Typing pauses, sending goes on. [data-note-reply=key] answers a note, [data-note-alone] no longer does;
// [data-note-open] goes to the field. What was not sent stays in this tab, whatever becomes of the page. Notes, their marks and drawings are shown by notes.js and markers.js.
// When the link no longer opens ("live:stopped" of live.js), the page is asked for again, and with it goes what was shown. Must stand before player.js.
(function () {
  "use strict";
  let at = null, wasPlaying = false, sent = {};
  const form = () => document.querySelector("[data-note-form]");
  const root = () => document.querySelector("[data-player-root]");
  const video = () => root()?.querySelector("video");
  const sketch = () => window.studioSketch?.of(root());
  const tell = (name) => root()?.dispatchEvent(new CustomEvent(name));
  const codeOf = (frame) => studioFrames.code(frame, ...(root().dataset.rate || "24/1").split("/").map(Number));

  function draw() {
    const write = form();
    if (!write) return;
    const { to, frame, drawing, body } = write.elements, replies = Boolean(to.value), on = write.querySelector("[data-note-on]"), pen = write.querySelector("[data-note-draw]");
    const draft = sketch()?.draft, isDrawn = Boolean(draft?.shapes.length) && !replies;
    write.querySelector("[data-note-at]").hidden = (at === null && !isDrawn) || replies;
    write.querySelector("[data-note-to]").hidden = !replies;
    if (isDrawn) on.checked = true;
    on.disabled = isDrawn;
    drawing.disabled = !isDrawn;
    drawing.value = isDrawn ? JSON.stringify(draft.shapes) : "";
    body.required = !isDrawn;
    pen.hidden = replies || !sketch();
    pen.setAttribute("aria-pressed", String(isDrawn || Boolean(sketch()?.isOn())));
    frame.disabled = !isDrawn && (at === null || replies || !on.checked);
    if (!isDrawn && at === null) return;
    frame.value = String(isDrawn ? draft.frame : at.frame);
    write.querySelector("[data-note-code]").textContent = isDrawn ? codeOf(draft.frame) : at.code;
  }
  function reply(key, whom) {
    const write = form();
    if (!write) return;
    sketch()?.edit(false);
    write.elements.to.value = key;
    write.querySelector("[data-note-whom]").textContent = whom;
    draw();
    write.elements.body.focus();
  }
  function pen() {
    if (!form() || form().elements.to.value || !sketch()) return false;
    if (document.fullscreenElement && !root().contains(document.fullscreenElement)) document.exitFullscreen();
    sketch().edit(!sketch().isOn());
    return true;
  }

  // --- what is not sent yet
  const place = () => `note:${form().action}`; // of this take: the page of a link may show another one first by now
  function keep() {
    if (!form()) return;
    const draft = sketch()?.draft || { shapes: [], frame: 0 }, kept = { body: form().elements.body.value, shapes: draft.shapes, frame: draft.frame };
    try { if (kept.body || kept.shapes.length) sessionStorage.setItem(place(), JSON.stringify(kept)); else sessionStorage.removeItem(place()); } catch { /* private window */ }
  }
  function restore() {
    let kept = null;
    if (!form()) return;
    try { kept = JSON.parse(sessionStorage.getItem(place())); } catch { /* private window */ }
    if (!kept) return;
    if (!form().elements.body.value) form().elements.body.value = kept.body;
    if (kept.shapes.length && sketch() && !sketch().draft.shapes.length) sketch().put(kept.shapes, kept.frame);
  }

  document.addEventListener("player:frame", (event) => { at = event.detail; draw(); });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-note-on]")) draw(); });
  document.addEventListener("sketch:changed", () => { draw(); keep(); });
  document.addEventListener("sketch:mode", draw);
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-note-form] textarea")) return;
    keep();
    if (!video() || (video().paused && root().dataset.state !== "playing")) return;
    wasPlaying = true;
    tell("player:pause");
  });
  document.addEventListener("click", (event) => {
    const answered = event.target.closest("[data-note-reply]");
    if (answered) return reply(answered.dataset.noteReply, answered.dataset.whom);
    if (event.target.closest("[data-note-alone]")) return reply("", "");
    if (event.target.closest("[data-note-draw]")) return pen();
    if (event.target.closest("[data-note-open]")) { event.preventDefault(); toField(); }
  });
  function write() {
    form()?.scrollIntoView({ block: "center" });
    form()?.querySelector("input[name=name], textarea").focus({ preventScroll: true });
  }
  function toField() {
    if (!form()) return false;
    tell("player:pause");
    if (document.fullscreenElement) document.exitFullscreen().then(write, write); else write(); // nothing beside the picture takes the focus before
    return true;
  }

  // --- sending
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.detail.elt.matches?.("[data-note-form]")) return;
    const { body, drawing } = event.detail.elt.elements;
    sent = { body: body.value, drawing: drawing.value };
  });
  // before the answer is put in: the form that sent it may be another one afterwards, with a name
  document.addEventListener("htmx:beforeSwap", (event) => {
    const asked = event.detail.requestConfig?.elt;
    if (!asked?.matches?.("[data-note-form]") || event.detail.xhr?.status !== 200) return;
    const { body, drawing, to } = asked.elements; // else more was written or drawn meanwhile
    if (body.value === sent.body) body.value = "";
    if (sent.drawing && drawing.value === sent.drawing) { sketch().edit(false); sketch().put([], at?.frame || 0); }
    to.value = "";
    keep();
    draw();
    if (wasPlaying) tell("player:play");
    wasPlaying = false;
  });
  window.studioKeys?.on("note", toField);
  window.studioKeys?.on("note-draw", pen);
  window.studioKeys?.on("note-send", (event) => {
    const write = event.target.closest?.("[data-note-form]");
    if (!write || write.querySelector(".send").disabled) return false;
    write.requestSubmit();
    return true;
  }, { unless: "" });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.defaultPrevented && event.target.matches?.("[data-note-form] textarea")) event.target.blur(); });

  // for the next pages too; the server writes it before the first paint
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const page = document.documentElement, now = page.dataset.theme;
    const light = now === "light" || (now !== "dark" && matchMedia("(prefers-color-scheme: light)").matches);
    page.dataset.theme = light ? "dark" : "light";
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${page.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  });
  // what should change is to be said as well
  let asksForChanges = false;
  document.addEventListener("submit", (event) => { if (event.target.id === "decide") asksForChanges = event.submitter?.value === "changes"; });
  document.addEventListener("htmx:afterSettle", () => {
    if (!asksForChanges) return;
    asksForChanges = false;
    if (form() && !form().elements.body.value) toField();
  });
  document.addEventListener("live:stopped", () => location.reload());
  const settle = () => { restore(); draw(); };
  for (const name of ["htmx:afterSwap", "studio:swapped"]) document.addEventListener(name, settle);
  // the scripts of drawing come after this one
  document.addEventListener("DOMContentLoaded", () => {
    settle();
    const now = document.querySelector(".gstrip [aria-current]"), strip = now?.parentElement; // of many clips the one that is shown
    if (strip) strip.scrollLeft = now.offsetLeft - strip.offsetLeft - (strip.clientWidth - now.clientWidth) / 2;
  });
})();
