// Where notes stand on the timeline: one button for each [data-note] with data-frame in [data-markers] of the player, for the client's notes another shape.
// Notes that stand too close to be read are one button with their number, which goes from one to the next. Selecting is told by "notes:select" {id}
// on the document; "notes:selected" {id} says which one is (static/js/notes.js).
(function () {
  "use strict";
  const APART_PX = 26;
  let selected = "";
  const root = () => document.querySelector("[data-player-root]");
  const place = () => root()?.querySelector("[data-markers]");
  const notes = () => [...document.querySelectorAll("[data-note]")].filter((note) => note.dataset.frame !== "").sort((a, b) => a.dataset.frame - b.dataset.frame);

  function groups(count, width) {
    const found = [];
    for (const note of notes()) {
      const at = (Number(note.dataset.frame) + 0.5) / count, last = found.at(-1);
      if (last && (at - last.at) * width < APART_PX) last.notes.push(note); else found.push({ at, notes: [note] });
    }
    return found;
  }
  const all = (list, name, value) => list.every((note) => note.dataset[name] === value);

  function button({ at, notes: list }) {
    const made = document.createElement("button"), face = document.createElement("span"), first = list[0];
    made.type = "button";
    made.className = "marker";
    made.style.setProperty("--at", `${at * 100}%`);
    if (all(list, "open", "false")) made.classList.add("done");
    if (all(list, "of", "client")) made.classList.add("client");
    if (list.some((note) => note.id === selected)) made.classList.add("now");
    const code = first.querySelector(".tc").textContent, many = place().dataset.sayMany.replace("%n%", list.length).replace("%code%", code);
    const words = list.length > 1 ? `${many}: ${list.map((note) => note.dataset.label).join("; ")}` : first.dataset.label;
    made.setAttribute("aria-label", words);
    made.title = words;
    face.className = "avatar";
    face.setAttribute("aria-hidden", "true");
    face.textContent = list.length > 1 ? String(list.length) : first.dataset.initials;
    if (list.length > 1) made.classList.add("many");
    made.append(face);
    made.addEventListener("click", (event) => {
      if (event.detail) made.blur(); // by mouse: Space plays
      const next = list[(list.findIndex((note) => note.id === selected) + 1) % list.length];
      document.dispatchEvent(new CustomEvent("notes:select", { detail: { id: next.id } }));
    });
    return made;
  }
  function span(note, count) {
    const line = document.createElement("i"), { frame, frameEnd } = note.dataset;
    line.className = `span${note.id === selected ? " now" : ""}`;
    line.style.setProperty("--at", `${((Number(frame) + 0.5) / count) * 100}%`);
    line.style.setProperty("--span", `${((frameEnd - frame) / count) * 100}%`);
    return line;
  }
  const sizes = new ResizeObserver(draw);
  let watched = null;
  function draw() {
    const box = place();
    if (!box) return;
    if (box !== watched) { watched = box; sizes.observe(box); }
    const focused = [...box.children].indexOf(document.activeElement);
    const count = Number(root().dataset.frames) || 1, width = box.clientWidth || 600;
    const ranges = notes().filter((note) => note.dataset.frameEnd !== "" && note.dataset.open === "true");
    box.replaceChildren(...ranges.map((note) => span(note, count)), ...groups(count, width).map(button));
    if (focused >= 0) box.children[focused]?.focus();
  }
  document.addEventListener("notes:selected", (event) => { selected = event.detail.id; draw(); });
  for (const name of ["studio:swapped", "htmx:afterSwap"]) document.addEventListener(name, draw);
  draw();
})();
