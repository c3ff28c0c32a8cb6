// The review panel [data-review]: which side is read (data-side; [data-side-set], [data-side-list]), whether done notes show ([data-notes-filter]), and which
// note is looked at: its frame or range, its drawing, its marker. A note is [data-note]#note-… with data-of (side), data-frame, data-frame-end, data-drawing-url,
// data-open, data-initials, data-label; [data-note-go] in it. What a person chose here outlives the page being drawn anew. Others choose a note by
// "notes:select" {id} on the document; "notes:selected" {id} and "notes:side" {side} tell what is.
(function () {
  "use strict";
  const INNER = "a, button, input, textarea, select, summary, label, form, [data-note-slot]";
  const panel = () => document.querySelector("[data-review]");
  const root = () => document.querySelector("[data-player-root]");
  const sketch = () => window.studioSketch?.of(root());
  const drawings = new Map(); // by address, which has the note's version in it
  let selected = "", filter = false, side = "", mine = "", seen = null; // the panel may come later, with the clip
  document.body.dataset.notesReady = "";
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  function setSide(name) {
    side = name;
    apply();
    tell("notes:side", { side });
  }
  // the page was drawn anew, or something was chosen
  function apply() {
    const box = panel();
    if (!box) return;
    side ||= box.dataset.side;
    box.dataset.side = side;
    box.toggleAttribute("data-filter", filter);
    for (const link of box.querySelectorAll("[data-side-set]")) link.dataset.sideSet === side ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    for (const button of box.querySelectorAll("[data-notes-filter]")) button.setAttribute("aria-pressed", String(filter));
    for (const note of box.querySelectorAll("[data-note]")) note.classList.toggle("now", note.id === selected);
  }

  // --- one note
  async function drawingOf(note) {
    const url = note.dataset.drawingUrl;
    if (!url) return [];
    if (!drawings.has(url)) {
      const reply = await fetch(url, { credentials: "same-origin" }).catch(() => null);
      if (!reply?.ok) return [];
      drawings.set(url, (await reply.json()).shapes);
    }
    return drawings.get(url);
  }
  // beside the picture the list alone moves; on a phone the page does
  function intoView(note) {
    const list = panel().querySelector("[data-notes-scroll]"), box = list.getBoundingClientRect(), at = note.getBoundingClientRect();
    if (getComputedStyle(list).overflowY === "visible") note.scrollIntoView({ block: "nearest" });
    else if (at.top < box.top || at.bottom > box.bottom) list.scrollTop += at.top - box.top - Math.max(0, (box.height - at.height) / 3);
  }
  async function select(id, { seek = true, scroll = true } = {}) {
    const note = document.getElementById(id)?.closest("[data-note]");
    if (!note) return false;
    selected = note.id;
    if (note.dataset.of !== side) setSide(note.dataset.of); else apply();
    tell("notes:selected", { id: selected });
    if (scroll) intoView(document.getElementById(id) || note);
    const frame = note.dataset.frame === "" ? null : Number(note.dataset.frame), end = note.dataset.frameEnd === "" ? null : Number(note.dataset.frameEnd);
    if (seek && frame !== null) root()?.dispatchEvent(new CustomEvent("player:seek", { detail: { frame, endFrame: end ?? undefined, clear: true } }));
    const shapes = await drawingOf(note);
    if (selected === note.id) sketch()?.show(shapes, frame, end);
    return true;
  }
  function leave() {
    selected = "";
    sketch()?.show(null);
    apply();
    tell("notes:selected", { id: "" });
  }
  function next() {
    if (!panel()) return false;
    const open = [...panel().querySelectorAll(`[data-note][data-of="${side}"][data-open="true"]`)];
    if (!open.length) return false;
    return select(open[(open.findIndex((note) => note.id === selected) + 1) % open.length].id);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-side-set]"), go = event.target.closest("[data-note-go]"), note = event.target.closest("[data-note]");
    if (link) { event.preventDefault(); setSide(link.dataset.sideSet); } else if (event.target.closest("[data-notes-filter]")) { filter = !filter; apply(); }
    else if (go) { event.preventDefault(); history.replaceState(null, "", go.getAttribute("href")); if (event.detail) go.blur(); select(note.id); } // by mouse: Space plays
    else if (note && !event.target.closest(INNER) && !String(getSelection())) select(note.id, { scroll: false });
  });
  document.addEventListener("notes:select", (event) => select(event.detail.id));
  window.studioKeys?.on("note-next", next);

  // --- what came while the page was looked at
  const ids = () => new Set([...panel().querySelectorAll(".note[id]")].map((note) => note.id));
  function arrived() {
    if (!panel()) return;
    const fresh = seen ? [...ids()].filter((id) => !seen.has(id)).map((id) => document.getElementById(id)) : [];
    seen = ids();
    if (selected && !document.getElementById(selected)) leave();
    apply();
    const said = document.querySelector("[data-notes-said]"), others = fresh.filter((note) => note.id !== mine);
    for (const note of others) note.classList.add("fresh");
    if (others.length && said) said.textContent = others.map((note) => (note.dataset.label || note.querySelector(".who b")?.textContent || "")).join(", ");
    if (mine && document.getElementById(mine)) { select(mine, { seek: false }); mine = ""; }
  }
  document.addEventListener("note:done", (event) => {
    if (event.target.matches?.("[data-note-form], [data-note-answer]")) mine = `note-${event.detail.id}`;
  });
  document.addEventListener("studio:swapped", arrived);
  document.addEventListener("htmx:afterSwap", arrived);

  // the browser went to the note by itself; where the list stands beside the picture, the picture is to be seen
  function fromAddress() {
    const id = location.hash.slice(1), note = id.startsWith("note-") && document.getElementById(id);
    if (!note) return;
    if (getComputedStyle(panel()).position === "sticky") scrollTo(0, 0);
    select(id).then(() => note.focus({ preventScroll: true }));
  }
  addEventListener("load", () => { if (panel() && location.hash.startsWith("#note-") && getComputedStyle(panel()).position === "sticky") scrollTo(0, 0); });
  addEventListener("hashchange", fromAddress);
  arrived();
  fromAddress();
})();
