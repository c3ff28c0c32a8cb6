// Drawing on a frame. studioSketch.of(root) of a [data-player-root]: show(shapes, from, to) lays a note's drawing over the picture while one of these
// frames stands there, draft {shapes, frame} is what is being drawn, edit(on) takes up or lays down the pen, put(shapes, frame) sets the draft. Tells by
// "sketch:changed" and "sketch:mode" {on} on the root. The SVG has the picture's own shape and is fitted into the stage as the video is, so that it lies
// exactly over it at any size. Needs strokes.js, and template#sketch-bar for drawing.
window.studioSketch = (function () {
  "use strict";
  const TALL = 1000, MOST_SHAPES = 40, MOST_POINTS = 4000, EVERY = 48, FINE = 1.6, EDGE = 0.05, SETTLES_MS = 500;
  const known = new WeakMap();
  const within = (value) => Math.min(Math.max(value, -EDGE), 1 + EDGE);
  const round = (value) => Math.round(value * 1e4) / 1e4;

  function attach(root) {
    const video = root.querySelector("video"), stage = root.querySelector(".stage");
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "overlay");
    svg.setAttribute("aria-hidden", "true");
    stage.append(svg);
    const draft = { shapes: [], frame: 0 }, pen = { tool: "pen", colour: "yellow" };
    let shown = null, on = false, stroke = null, bar = null, wordAt = null, began = 0;
    const frame = () => Number(root.dataset.frame || 0);
    const tell = (name, detail) => root.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
    const ratio = () => {
      const [w, h] = (stage.dataset.ar || "16/9").split("/").map(Number);
      return video.videoWidth && video.videoHeight ? video.videoWidth / video.videoHeight : w / h || 16 / 9;
    };

    function render() {
      const isDraft = on || (draft.shapes.length > 0 && draft.frame === frame());
      const isShown = shown && frame() >= shown.from && frame() <= shown.to;
      const shapes = [...(isShown && !on ? shown.shapes : []), ...(isDraft ? draft.shapes : []), ...(stroke ? [stroke] : [])];
      const box = stage.getBoundingClientRect(), high = Math.min(box.height, box.width / ratio());
      studioStrokes.draw(svg, shapes, { width: TALL * ratio(), height: TALL, px: high });
    }
    function changed() { render(); tell("sketch:changed", {}); }
    const points = () => draft.shapes.reduce((sum, shape) => sum + shape.points.length, 0);
    const isFull = () => draft.shapes.length >= MOST_SHAPES || points() >= MOST_POINTS;
    function add(shape) { draft.shapes.push(shape); changed(); }
    function undo() { draft.shapes.pop(); changed(); }

    // --- the pen
    function place(event) {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      return [within(at.x / (TALL * ratio())), within(at.y / TALL)];
    }
    const finer = (line, tolerance = FINE) => studioStrokes.simplify(line.map(([x, y]) => [x * TALL * ratio(), y * TALL]), tolerance).map(([x, y]) => [x / (TALL * ratio()), y / TALL]);
    svg.addEventListener("pointerdown", (event) => {
      if (!on || !event.isPrimary || event.button) return;
      event.preventDefault();
      if (isFull()) { document.dispatchEvent(new CustomEvent("studio:toast", { detail: { text: bar.dataset.sayFull } })); return; }
      if (pen.tool === "text") { askWord(place(event)); return; }
      svg.setPointerCapture(event.pointerId);
      stroke = { tool: pen.tool, colour: pen.colour, points: pen.tool === "pen" ? [place(event)] : [place(event), place(event)] };
      render();
    });
    svg.addEventListener("pointermove", (event) => {
      if (!stroke || !svg.hasPointerCapture(event.pointerId)) return;
      if (pen.tool !== "pen") stroke.points[1] = place(event);
      else {
        const moves = event.getCoalescedEvents?.() || [];
        for (const move of moves.length ? moves : [event]) stroke.points.push(place(move));
        stroke.raw = (stroke.raw || 0) + 1;
        if (stroke.raw % EVERY === 0) stroke.points = finer(stroke.points); // what was drawn long ago costs nothing any more
      }
      render();
    });
    svg.addEventListener("pointerup", () => {
      if (!stroke) return;
      const done = { tool: stroke.tool, colour: stroke.colour, points: stroke.tool === "pen" ? fit(stroke.points) : stroke.points };
      stroke = null;
      done.points = done.points.map((point) => point.map(round));
      const long = Math.hypot(...[0, 1].map((i) => done.points[0][i] - done.points.at(-1)[i]));
      if (done.tool === "pen" || long > 0.01) add(done); else render(); // a click draws no box
    });
    svg.addEventListener("pointercancel", () => { stroke = null; render(); });
    function fit(line) {
      const room = MOST_POINTS - points();
      for (let tolerance = FINE; ; tolerance *= 2) {
        const found = finer(line, tolerance);
        if (found.length <= room) return found;
      }
    }

    // --- words
    const field = () => bar.querySelector("[data-sketch-word]");
    function askWord(at) { wordAt = at; field().hidden = false; field().value = ""; field().focus(); }
    function putWord() {
      const text = field().value.trim();
      if (wordAt && text) add({ tool: "text", colour: pen.colour, points: [wordAt.map(round)], text });
      wordAt = null;
      field().hidden = true;
    }

    // --- the bar
    function buildBar() {
      bar = document.getElementById("sketch-bar")?.content.firstElementChild.cloneNode(true);
      if (!bar) return;
      stage.append(bar);
      bar.addEventListener("click", (event) => {
        const { tool, colour } = event.target.closest("button")?.dataset || {};
        if (tool) choose("tool", tool);
        if (colour) choose("colour", colour);
        if (event.target.closest("[data-sketch-undo]")) undo();
        if (event.target.closest("[data-sketch-clear]")) { draft.shapes = []; changed(); }
        if (event.target.closest("[data-sketch-done]")) edit(false);
      });
      field().addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        if (event.key === "Escape") field().value = "";
        putWord();
      });
      field().addEventListener("blur", putWord);
    }
    function choose(what, value) {
      pen[what] = value;
      for (const button of bar.querySelectorAll(`[data-${what}]`)) button.setAttribute("aria-pressed", String(button.dataset[what] === value));
    }

    function edit(wanted) {
      if (wanted === on) return;
      if (wanted && !bar) buildBar();
      if (wanted && !bar) return;
      if (wanted) {
        if (!draft.shapes.length) draft.frame = frame();
        // a seek, also to where we are: a clip that plays would show one frame more
        root.dispatchEvent(new CustomEvent("player:seek", { detail: { frame: draft.frame } }));
      }
      on = wanted;
      began = performance.now();
      if (!on && bar && !field().hidden) putWord();
      stage.classList.toggle("drawing", on);
      if (on) svg.removeAttribute("aria-hidden"); else svg.setAttribute("aria-hidden", "true");
      render();
      tell("sketch:mode", { on });
    }

    root.addEventListener("player:frame", (event) => {
      const { frame: now } = event.detail, lands = !draft.shapes.length && performance.now() - began < SETTLES_MS;
      if (on && lands) draft.frame = now; // where the time between frames varies it may be a neighbour
      else if (on && now !== draft.frame) edit(false); // the picture went on
      render();
    });
    video.addEventListener("play", () => edit(false));
    video.addEventListener("loadedmetadata", render);
    new ResizeObserver(render).observe(stage);
    document.addEventListener("keydown", (event) => {
      if (!on || event.target.closest?.("input, textarea, dialog[open]")) return;
      const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
      if (!isUndo && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      if (isUndo) undo(); else edit(false);
    }, true);
    return {
      edit, draft, isOn: () => on,
      show(shapes, from, to) { shown = shapes?.length ? { shapes, from, to: to ?? from } : null; render(); },
      put(shapes, at) { draft.shapes = shapes; draft.frame = at; changed(); },
    };
  }

  return {
    of(root) {
      if (root && !known.has(root)) known.set(root, attach(root));
      return root ? known.get(root) : null;
    },
  };
})();
