// The chart of the spend page: stacked bars by uPlot, in the greys of the legend. The numbers come as text and are made into
// floats here only, for drawing; what is said of a bar is the server's own sentence. A click opens the bar's takes.
(function () {
  "use strict";
  const place = document.querySelector("[data-spend-chart]"), told = document.getElementById("spend-data");
  if (!place || !told || !window.uPlot) return;
  const data = JSON.parse(told.textContent), at = document.querySelector("[data-spend-at]"), hint = at.textContent;
  const swatches = [...document.querySelectorAll(".legend i")], unit = place.dataset.unit;
  const css = (name) => getComputedStyle(place).getPropertyValue(name).trim();
  // a colour of the theme as the canvas knows it: var() and light-dark() are resolved on an element alone
  const probe = document.createElement("i");
  probe.hidden = true;
  place.after(probe);
  const colour = (name) => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };

  const sums = data.labels.map(() => 0);
  const stacked = data.bars.map((bar) => bar.map((text, i) => (Number(text) ? (sums[i] += Number(text)) : null)));
  let chart = null;

  function draw() {
    const fills = swatches.map((swatch) => getComputedStyle(swatch)), font = `11px ${css("font-family")}`;
    const axis = { stroke: colour("--text-3"), font, ticks: { show: false }, grid: { show: false } };
    const bars = window.uPlot.paths.bars({ size: [0.72, 34], radius: 0.06 });
    const edge = colour("--edge"), back = colour("--bg");
    // the highest is drawn first, the lower ones over it
    const series = stacked.map((_values, i) => ({
      fill: fills[i].backgroundColor, stroke: i === 2 ? edge : back, width: 1, paths: bars, points: { show: false },
    })).reverse();
    chart = new window.uPlot({
      width: place.clientWidth, height: place.clientHeight, padding: [10, 12, 0, 0], legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: { x: { time: false, range: [-0.6, data.labels.length - 0.4] }, y: { range: (_u, _low, high) => [0, high > 0 ? high * 1.08 : 1] } },
      axes: [
        { ...axis, size: 28, splits: () => data.labels.map((_label, i) => i).filter(shown), values: (_u, found) => found.map((i) => data.labels[i]) },
        { ...axis, size: 56, grid: { stroke: colour("--line"), width: 1 }, values: (_u, found) => found.map((value) => `${unit}${value.toLocaleString()}`) },
      ],
      series: [{}, ...series],
      hooks: { setCursor: [say] },
    }, [data.labels.map((_label, i) => i), ...[...stacked].reverse()], place);
  }

  function shown(i) {
    const every = Math.max(1, Math.ceil(data.labels.length / Math.max(2, Math.floor(place.clientWidth / 72))));
    return i % every === 0;
  }

  function say(u) {
    const i = u.cursor.idx;
    at.textContent = i === null || i === undefined ? hint : data.said[i];
  }

  function again() {
    if (chart) chart.destroy();
    draw();
  }

  place.addEventListener("click", () => {
    const i = chart && chart.cursor.idx;
    if (i !== null && i !== undefined && data.urls[i]) location.assign(data.urls[i]);
  });
  new MutationObserver(again).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", again);
  let width = place.clientWidth;
  new ResizeObserver(() => {
    if (place.clientWidth === width || !chart) return;
    width = place.clientWidth;
    again();
  }).observe(place);
  draw();
})();
