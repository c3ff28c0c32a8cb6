// Where a note is written: form[data-note-form] with hidden audience, frame, frame_end and drawing, and answers and changes, for which a copy of
// template#note-answer is put into the thread's [data-note-slot]. A note is at the frame on show, or where it was drawn; [data-note-range] makes it
// a range, [data-note-moment] one of the whole clip. Typing pauses the player, sending lets it go on. What is written is told on document as
// note:changed, and as note:another when the form has become another take's; note_draft.js keeps it, by studioNoteForm.
(function main() {
  "use strict";
  const SWAPS = ["studio:swapped", "htmx:afterSwap"];
  const form = () => document.querySelector("[data-note-form]");
  if (!form()) { // it may come later, with the clip
    const later = () => { if (form()) { SWAPS.forEach((name) => document.removeEventListener(name, later)); main(); } };
    SWAPS.forEach((name) => document.addEventListener(name, later));
    return;
  }
  const root = () => document.querySelector("[data-player-root]");
  const sketch = () => window.studioSketch?.of(root());
  const side = () => document.querySelector("[data-review]")?.dataset.side || form().elements.audience.value;
  const at = () => Number(root()?.dataset.frame || 0);
  const video = () => root()?.querySelector("video");
  const say = (text, level) => document.dispatchEvent(new CustomEvent("studio:toast", { detail: { text, level } }));
  const moment = { whole: false, anchor: null };
  const tell = (name) => document.dispatchEvent(new CustomEvent(name));
  let wasPlaying = false, sent = null, mounted = [], owner = form().dataset.draft;

  // --- which moment
  function span() {
    const shapes = sketch()?.draft.shapes || [];
    if (moment.whole && !shapes.length) return [null, null];
    if (moment.anchor === null) return [shapes.length ? sketch().draft.frame : at(), null];
    const { from, to } = root().dataset;
    if (from !== undefined && to !== undefined) return [Number(from), Number(to)];
    const ends = [moment.anchor, at()].sort((a, b) => a - b);
    return ends[0] === ends[1] ? [ends[0], null] : ends;
  }
  function codeOf(frame) {
    const [num, den] = (root().dataset.rate || "24/1").split("/").map(Number);
    return studioFrames.code(frame, num, den);
  }
  function show() {
    form()?.querySelector("noscript")?.remove(); // a live answer is read without scripts: what stands in it would be a second field
    const box = form(), { audience, frame, frame_end: end, drawing, body } = box?.elements || {};
    if (!box) return;
    const [first, last] = span(), shapes = sketch()?.draft.shapes || [], now = side();
    audience.value = now;
    frame.value = first ?? "";
    end.value = last ?? "";
    drawing.value = shapes.length ? JSON.stringify(shapes) : "";
    const code = first === null ? "" : codeOf(first) + (last === null ? "" : ` – ${codeOf(last)}`), chip = box.querySelector("[data-note-moment]");
    const words = now === "client" ? (code ? box.dataset.sayClient : box.dataset.sayWholeClient) : code ? box.dataset.sayInternal : box.dataset.sayWholeInternal;
    const hint = words.replace("%code%", code);
    if (body.placeholder !== hint) body.placeholder = hint;
    chip.hidden = false;
    if (chip.textContent !== (code || box.dataset.sayWhole)) chip.textContent = code || box.dataset.sayWhole;
    chip.setAttribute("aria-pressed", String(first === null));
    box.querySelector("[data-note-range]").setAttribute("aria-pressed", String(moment.anchor !== null));
    box.querySelector("[data-note-draw]").setAttribute("aria-pressed", String(Boolean(sketch()?.isOn()) || shapes.length > 0));
    box.classList.toggle("drawn", shapes.length > 0);
  }
  function draw() {
    if (document.fullscreenElement && !root().contains(document.fullscreenElement)) document.exitFullscreen();
    moment.whole = false;
    sketch()?.edit(!sketch().isOn());
    return true;
  }
  function range() {
    moment.whole = false;
    moment.anchor = moment.anchor === null ? at() : null;
    changed();
  }

  // --- the lines of a checklist
  function line(box, text = "", focus = true) {
    const place = box.querySelector("[data-note-lines]"), made = document.getElementById("note-line").content.firstElementChild.cloneNode(true);
    place.hidden = false;
    place.append(made);
    made.querySelector("input").value = text;
    if (focus) made.querySelector("input").focus();
  }
  const linesOf = (box) => [...box.querySelectorAll("[name=checklist]")].map((field) => field.value);
  function clearLines(box) { const place = box.querySelector("[data-note-lines]"); place.replaceChildren(); place.hidden = true; }
  function inLine(event) {
    const field = event.target.closest("[name=checklist]"), box = event.target.closest("form");
    if (!field || event.isComposing || event.ctrlKey || event.metaKey) return false;
    if (event.key === "Enter") { event.preventDefault(); if (field.value.trim()) line(box); return true; }
    if (event.key !== "Backspace" || field.value) return false;
    event.preventDefault();
    field.closest(".line").remove();
    const place = box.querySelector("[data-note-lines]");
    place.hidden = !place.children.length;
    (place.querySelector(".line:last-child input") || box.querySelector("[data-note-body]")).focus();
    return true;
  }

  // --- answers and changes
  function mount(thread, kind, key, fields, { body = "", lines = [], url, focus = true }) {
    const slot = document.querySelector(`[data-note-slot="${thread}"]`);
    if (!slot) return null;
    const before = slot.firstElementChild;
    if (before && before.dataset.key === `${kind}:${key}`) { if (focus) before.querySelector("textarea").focus(); return before; }
    const made = document.getElementById("note-answer").content.firstElementChild.cloneNode(true);
    Object.assign(made.dataset, { kind, thread, key: `${kind}:${key}` });
    made.setAttribute("hx-post", url);
    made.action = url;
    for (const [name, value] of Object.entries(fields)) made.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    for (const words of made.querySelectorAll("[data-for]")) words.hidden = words.dataset.for !== kind;
    made.querySelector("textarea").value = body;
    for (const text of lines) line(made, text, false);
    slot.replaceChildren(made);
    window.htmx?.process(made);
    if (focus) made.querySelector("textarea").focus();
    return made;
  }
  function reply(thread, body = "", focus = true) {
    const note = document.getElementById(`note-${thread}`);
    return note && mount(thread, "reply", thread, { parent: thread, audience: note.dataset.of }, { body, url: form().action, focus });
  }
  async function change(button, given) {
    const { noteEdit: id, url, version, wasBody, wasFrame, wasFrameEnd, wasDrawingUrl } = button.dataset, thread = button.closest("[data-note]").id.slice(5);
    const answer = wasDrawingUrl ? await fetch(wasDrawingUrl, { credentials: "same-origin" }).catch(() => null) : null;
    if (wasDrawingUrl && !answer?.ok) return say(document.body.dataset.sayNotLoaded, "error");
    const drawing = answer ? JSON.stringify((await answer.json()).shapes) : "";
    const lines = given?.lines || [...button.querySelectorAll("[data-was-line]")].map((item) => item.dataset.wasLine);
    mount(thread, "edit", id, { version: given?.version || version, frame: wasFrame, frame_end: wasFrameEnd, drawing }, { body: given?.body ?? wasBody, lines, url, focus: !given });
  }
  function drop(box) { box.remove(); changed(); }
  document.addEventListener("note:outdated", (event) => {
    const box = event.target.closest?.("[data-note-answer]"), theirs = box?.querySelector("[data-note-theirs]");
    if (!box) return;
    box.elements.version.value = event.detail.version;
    theirs.querySelector(".txt").textContent = event.detail.body;
    theirs.hidden = false;
    changed();
  });

  // --- sending
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target === form()) sent = form().elements.body.value;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const box = event.target;
    if (!event.detail.successful || !box.matches?.("[data-note-form], [data-note-answer]")) return;
    if (box.matches("[data-note-answer]")) drop(box); else clear();
    if (wasPlaying) root()?.dispatchEvent(new CustomEvent("player:play"));
    wasPlaying = false;
  });
  function clear() {
    const area = form().elements.body;
    area.value = area.value === sent ? "" : area.value; // what was written while it was on its way stays
    area.blur();
    clearLines(form());
    Object.assign(moment, { whole: false, anchor: null });
    sketch()?.edit(false);
    sketch()?.put([], at());
    changed();
  }
  function send(event) {
    const box = event.target.closest?.("[data-note-form], [data-note-answer]") || (form().elements.body.value && form());
    if (!box) return false;
    show();
    box.requestSubmit();
    return true;
  }

  // --- what stands here, as values; note_draft.js keeps them
  const answers = () => [...document.querySelectorAll("[data-note-answer]")].map((box) => {
    const [kind, id] = box.dataset.key.split(":");
    return { kind, id, thread: box.dataset.thread, body: box.elements.body.value, lines: linesOf(box), version: box.elements.version?.value };
  });
  function words() {
    const draft = sketch()?.draft || { shapes: [], frame: 0 }, box = form();
    return { body: box.elements.body.value, lines: linesOf(box), shapes: draft.shapes, frame: draft.shapes.length ? draft.frame : at(), whole: moment.whole, anchor: moment.anchor };
  }
  function put(given) {
    const box = form(), { body = "", lines = [], shapes = [], frame = at(), whole = false, anchor = null } = given || {};
    box.elements.body.value = body;
    clearLines(box);
    for (const text of lines) line(box, text, false);
    Object.assign(moment, { whole, anchor });
    sketch()?.edit(false);
    sketch()?.put(shapes, frame);
  }
  function changed() {
    mounted = answers();
    show();
    tell("note:changed");
  }
  function take(one) {
    const button = one.kind === "edit" && document.querySelector(`[data-note-edit="${one.id}"]`);
    if (button) change(button, one); else if (!reply(one.thread, one.body, false)) rescue(one.body);
  }
  // what a person answered was deleted: their words come to where a new note is written
  function rescue(body) {
    if (!body?.trim() || !form()) return;
    const area = form().elements.body;
    area.value = [area.value, body].filter(Boolean).join("\n");
    say(form().dataset.sayRescued);
    changed();
  }
  for (const name of SWAPS) document.addEventListener(name, () => {
    if (form() && form().dataset.draft !== owner) return another();
    const here = answers(), gone = mounted.filter((one) => !here.some((other) => other.kind === one.kind && other.id === one.id) && !document.querySelector(`[data-note-slot="${one.thread}"]`));
    gone.forEach((one) => rescue(one.body));
    mounted = here;
    show();
  });

  // the page shows another take: its words are others, and these stay with theirs
  function another() {
    owner = form().dataset.draft;
    Object.assign(moment, { whole: false, anchor: null });
    [mounted, wasPlaying] = [[], false];
    tell("note:another");
    sketch()?.edit(false);
    sketch()?.put([], at());
  }

  // --- what people do
  document.addEventListener("input", (event) => {
    const box = event.target.closest("[data-note-form], [data-note-answer]");
    if (!box) return;
    if (video() && (!video().paused || root().dataset.state === "playing")) { wasPlaying = true; root().dispatchEvent(new CustomEvent("player:pause")); }
    changed();
  });
  document.addEventListener("keydown", (event) => {
    const area = event.target.closest?.("[data-note-form] textarea, [data-note-answer] textarea, [data-note-lines] input");
    if (!area || event.defaultPrevented || inLine(event) || event.key !== "Escape") return;
    event.preventDefault();
    const box = area.closest("[data-note-answer]");
    if (box && !area.value.trim()) drop(box);
    area.blur();
    wasPlaying = false;
  });
  document.addEventListener("click", (event) => {
    const on = (name) => event.target.closest(`[data-note-${name}]`);
    if (on("draw")) draw();
    if (on("range")) range();
    if (on("moment")) { moment.whole = !moment.whole; moment.anchor = null; changed(); }
    if (on("list")) line(on("list").closest("form"));
    if (on("cancel")) drop(on("cancel").closest("form"));
    if (on("reply")) { reply(on("reply").dataset.noteReply); changed(); }
    if (on("edit")) change(on("edit"));
  });
  for (const name of ["player:frame", "sketch:mode"]) document.addEventListener(name, show);
  document.addEventListener("sketch:changed", changed);
  studioKeys.on("note", () => {
    if (!form()) return false;
    const write = () => form()?.elements.body.focus();
    if (document.fullscreenElement) document.exitFullscreen().then(write, write); else write(); // nothing beside the picture takes the focus before
  });
  studioKeys.on("note-draw", () => (form() && sketch() ? draw() : false));
  studioKeys.on("note-send", send, { unless: "" });
  show();
  window.studioNoteForm = { form, root, side, at, answers, words, put, take, changed };
  tell("note:form");
})();
