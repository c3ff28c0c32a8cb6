// [data-compare]: several <video> in step. The longest leads; the others are put right when they drift by more than one of their frames.
// Controls: [data-do=play|back|on|speed], [data-seek], [data-hear] (one is heard, the others are silent). Keys: those of the player.
(function () {
  "use strict";
  const root = document.querySelector("[data-compare]");
  if (!root) return;
  const videos = [...root.querySelectorAll("video")];
  const frames = videos.map((video) => 1 / (parseFloat(video.closest("[data-fps]").dataset.fps) || 24));
  const SPEEDS = [0.25, 0.5, 1, 1.5, 2];
  const bar = root.querySelector("[data-seek]"), time = root.querySelector("[data-time]"), speed = root.querySelector("[data-speed]");
  videos.forEach((video) => { video.controls = false; });
  root.querySelector(".transport").hidden = false;
  const lead = () => videos.reduce((best, video) => ((video.duration || 0) > (best.duration || 0) ? video : best));
  const ends = (video, at) => Math.min(at, Math.max((video.duration || at) - 0.001, 0));

  function draw() {
    const leader = lead(), length = leader.duration || 0;
    bar.max = String(length || 1);
    if (document.activeElement !== bar || !leader.paused) bar.value = String(leader.currentTime);
    bar.setAttribute("aria-valuetext", `${leader.currentTime.toFixed(2)} s`);
    time.textContent = `${leader.currentTime.toFixed(2)} s`;
  }
  function align(always) {
    const leader = lead(), at = leader.currentTime;
    videos.forEach((video, number) => {
      if (video === leader) return;
      const wanted = ends(video, at);
      if (always || Math.abs(video.currentTime - wanted) > frames[number]) video.currentTime = wanted;
      if (!leader.paused && video.paused && at < (video.duration || 0)) video.play().catch(() => {});
    });
  }
  function tick() {
    if (lead().paused) return;
    align(false);
    draw();
    requestAnimationFrame(tick);
  }
  async function play() {
    if (lead().ended) seek(0);
    root.classList.add("playing");
    await Promise.all(videos.map((video) => video.play().catch(() => {})));
    tick();
  }
  function pause() {
    videos.forEach((video) => video.pause());
    root.classList.remove("playing");
    align(true);
    draw();
  }
  const toggle = () => (lead().paused ? play() : pause());
  function seek(at) {
    lead().currentTime = ends(lead(), Math.max(at, 0));
    align(true);
    draw();
  }
  // half a frame into the frame, so that rounding never shows its neighbour
  function step(count) {
    pause();
    const leader = lead(), frame = frames[videos.indexOf(leader)];
    seek((Math.floor(leader.currentTime / frame + 1e-3) + count + 0.5) * frame);
  }
  function faster() {
    const next = SPEEDS[(SPEEDS.indexOf(lead().playbackRate) + 1) % SPEEDS.length];
    videos.forEach((video) => { video.playbackRate = next; });
    speed.textContent = `${next}×`;
  }
  const verbs = { play: toggle, back: () => step(-1), on: () => step(1), speed: faster };

  root.addEventListener("click", (event) => {
    const verb = event.target.closest("[data-do]")?.dataset.do;
    if (verb) return verbs[verb]();
    if (event.target.matches("video")) return toggle();
    const hear = event.target.closest("[data-hear]");
    if (!hear) return;
    const mine = hear.closest("figure").querySelector("video"), on = mine.muted;
    videos.forEach((video) => { video.muted = !(on && video === mine); });
    root.querySelectorAll("[data-hear]").forEach((button) => button.setAttribute("aria-pressed", String(on && button === hear)));
  });
  bar.addEventListener("input", () => { const at = Number(bar.value); pause(); seek(at); });
  const keys = { "play": toggle, "frame-back": () => step(-1), "frame-on": () => step(1), "ten-back": () => step(-10), "ten-on": () => step(10), "start": () => seek(0) };
  for (const [name, does] of Object.entries(keys)) {
    studioKeys.on(name, (event) => {
      if (event.key === " " && event.target.closest?.("button, a, summary")) return false;
      does();
    }, { unless: "input:not([type=range]), textarea, select" });
  }
  videos.forEach((video) => {
    video.addEventListener("loadedmetadata", draw);
    video.addEventListener("ended", () => { if (video === lead()) pause(); });
  });
  draw();
})();
