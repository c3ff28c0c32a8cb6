// Shapes of a drawing as SVG. studioStrokes.draw(svg, shapes, {width, height, px}) fills <svg viewBox="0 0 width height">, whose points are relative (0..1);
// px: how high the picture stands on the screen, so that a line is never thinner than it can be seen. simplify(points, tolerance) leaves out
// what a line does not need (Ramer-Douglas-Peucker). generations/services/sketches.py says what a shape is.
window.studioStrokes = (function () {
  "use strict";
  const NS = "http://www.w3.org/2000/svg", LINE = 6, LEAST_PX = 2.5, HALO = 2.2;

  function simplify(points, tolerance) {
    if (points.length < 3) return points;
    const keep = new Uint8Array(points.length), spans = [[0, points.length - 1]];
    keep[0] = keep[points.length - 1] = 1;
    while (spans.length) {
      const [from, to] = spans.pop();
      let far = 0, at = 0;
      for (let i = from + 1; i < to; i++) {
        const off = distance(points[i], points[from], points[to]);
        if (off > far) { far = off; at = i; }
      }
      if (far <= tolerance) continue;
      keep[at] = 1;
      spans.push([from, at], [at, to]);
    }
    return points.filter((point, i) => keep[i]);
  }
  // to the line between both ends, not beyond them
  function distance([x, y], [x1, y1], [x2, y2]) {
    const [dx, dy] = [x2 - x1, y2 - y1], long = dx * dx + dy * dy;
    const share = long ? Math.min(Math.max(((x - x1) * dx + (y - y1) * dy) / long, 0), 1) : 0;
    return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
  }

  const element = (name, attributes) => {
    const made = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    return made;
  };
  const n = (value) => Math.round(value * 10) / 10;
  const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${n(x)} ${n(y)}`).join("") + (points.length === 1 ? "l0 0" : "");
  function arrow([tail, head], line) {
    const way = Math.atan2(head[1] - tail[1], head[0] - tail[0]), long = Math.min(line * 5, Math.hypot(head[0] - tail[0], head[1] - tail[1]));
    const wing = (turn) => [head[0] - long * Math.cos(way + turn), head[1] - long * Math.sin(way + turn)];
    return `${path([tail, head])}${path([wing(0.5), head, wing(-0.5)])}`;
  }
  const box = ([[x1, y1], [x2, y2]]) => `M${n(x1)} ${n(y1)}H${n(x2)}V${n(y2)}H${n(x1)}Z`;

  function shapeOf(shape, size, line) {
    const points = shape.points.map(([x, y]) => [x * size.width, y * size.height]), group = element("g", { class: `ink ${shape.colour}` });
    if (shape.tool === "text") {
      const end = shape.points[0][0] > 0.6 ? "end" : "start"; // at the right edge it would leave the picture
      const words = element("text", { x: n(points[0][0]), y: n(points[0][1]), "text-anchor": end, "font-size": n(line * 6.5), "stroke-width": n(line * 0.9) });
      words.textContent = shape.text;
      group.append(words);
      return group;
    }
    const d = shape.tool === "arrow" ? arrow(points, line) : shape.tool === "box" ? box(points) : path(points);
    group.append(element("path", { d, class: "halo", "stroke-width": n(line * HALO) }), element("path", { d, "stroke-width": n(line) }));
    return group;
  }
  function draw(svg, shapes, size) {
    const line = Math.max(LINE, (LEAST_PX * size.height) / (size.px || size.height));
    svg.setAttribute("viewBox", `0 0 ${n(size.width)} ${n(size.height)}`);
    svg.replaceChildren(...shapes.filter((shape) => shape.points.length).map((shape) => shapeOf(shape, size, line)));
  }
  return { simplify, draw };
})();
