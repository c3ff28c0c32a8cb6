// [data-compare]: two to four clips in step, each figure with what frames.js reads. The longest leads; the others are nudged towards it while they play and
// stand at the same moment, each in its own frame, when they do not. Controls: [data-do=play|back|on|speed], [data-seek] (frames of the one that leads),
// [data-hear] (one is heard, the others are silent), [data-view=side|wipe|difference] for two, [data-divider role=slider]. Keys: those of the player.
(function () {
  "use strict";
  const root = document.querySelector("[data-compare]");
  if (!root) return;
  const SPEEDS = [0.25, 0.5, 1, 1.5, 2];
  // beyond FAR seconds a clip jumps; nearer it is played up to a third faster or slower, and left alone within NEAR frames
  const FAR = 0.25, NEAR = 0.06, NUDGE = 0.3, MEND_S = 0.2;
  const clips = [...root.querySelectorAll("figure")].map((figure) => {
    const video = figure.querySelector("video");
    return { figure, video, clock: studioFrames.clock(video, figure), said: figure.querySelector("[data-clip-frame]") };
  });
  const bar = root.querySelector("[data-seek]"), time = root.querySelector("[data-time]"), speed = root.querySelector("[data-speed]");
  const lengthOf = ({ clock }) => clock.count / clock.rate;
  const lead = clips.reduce((best, one) => (lengthOf(one) > lengthOf(best) + 1e-3 ? one : best));
  const others = clips.filter((one) => one !== lead);
  let pace = 1, playing = false;
  clips.forEach(({ video }) => { video.controls = false; });
  root.querySelector(".transport").hidden = false;
  const at = ({ video, clock }) => video.currentTime - clock.origin;

  function draw() {
    const { clock } = lead, frame = clock.frame;
    bar.max = String(clock.last);
    if (document.activeElement !== bar || playing) bar.value = String(frame);
    bar.setAttribute("aria-valuetext", clock.code(frame));
    time.textContent = clock.code(frame);
    clips.forEach(({ clock: own, said }) => { said.textContent = String(own.frame); });
  }
  clips.forEach(({ clock }) => clock.on(draw));

  // where the one that leads is in the middle of this frame, the others are in one of theirs: in its middle too, or, to play, at the same moment
  function go(frame, toPlay = false) {
    lead.clock.go(frame);
    const moment = (lead.clock.frame + 0.5) / lead.clock.rate;
    others.forEach(({ clock }) => clock.go(Math.floor(moment * clock.rate + 1e-6), toPlay ? moment : undefined));
  }
  function nudge(one) {
    const { video, clock } = one, behind = at(lead) - at(one);
    if (video.ended || video.seeking || at(lead) >= lengthOf(one)) return;
    if (video.paused) video.play().catch(() => {});
    if (Math.abs(behind) > FAR) { video.currentTime = Math.max(clock.middle(0), at(lead) + clock.origin); return; }
    const off = Math.abs(behind) > NEAR / clock.rate, wanted = pace * (off ? 1 + Math.max(-NUDGE, Math.min(NUDGE, behind / MEND_S)) : 1);
    if (Math.abs(video.playbackRate - wanted) > 0.004) video.playbackRate = wanted;
  }
  function tick() {
    if (!playing) return;
    if (!lead.video.seeking) others.forEach(nudge);
    requestAnimationFrame(tick);
  }
  const settled = () => new Promise((done) => {
    const until = performance.now() + 2000;
    const look = () => (clips.every(({ video, clock }) => clock.settled && video.readyState > 2) || performance.now() > until ? done() : requestAnimationFrame(look));
    look();
  });
  async function play() {
    if (playing) return;
    playing = true;
    root.classList.add("playing");
    go(lead.clock.frame >= lead.clock.last ? 0 : lead.clock.frame, true);
    await settled();
    if (!playing) return;
    clips.forEach(({ video }) => { video.playbackRate = pace; });
    await Promise.all(clips.map(({ video }) => video.play().catch(() => {})));
    tick();
  }
  function pause() {
    const was = playing;
    playing = false;
    root.classList.remove("playing");
    clips.forEach(({ video }) => video.pause());
    if (was) go(lead.clock.frame);
  }
  const toggle = () => (playing ? pause() : play());
  const step = (count) => { pause(); go(lead.clock.frame + count); };
  const jump = (frame) => { pause(); go(frame); };
  function faster(next = SPEEDS[(SPEEDS.indexOf(pace) + 1) % SPEEDS.length]) {
    pace = next;
    clips.forEach(({ video }) => { video.playbackRate = pace; });
    speed.textContent = `${pace}×`;
  }

  // two clips in one place
  const stage = root.querySelector("[data-stage]"), divider = root.querySelector("[data-divider]");
  const views = [...root.querySelectorAll("[data-view-set]")];
  let share = 50;
  function wipe(to) {
    share = Math.min(Math.max(to, 0), 100);
    stage.style.setProperty("--wipe", `${share}%`);
    divider.setAttribute("aria-valuenow", String(Math.round(share)));
  }
  function show(view) {
    if (!views.length) return false;
    root.dataset.view = view;
    views.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.viewSet === view)));
    return true;
  }
  const turn = (view) => show(root.dataset.view === view ? "side" : view);
  if (divider) {
    const to = (event) => { const box = stage.getBoundingClientRect(); wipe(((event.clientX - box.left) / box.width) * 100); };
    divider.addEventListener("pointerdown", (event) => { if (event.button) return; divider.setPointerCapture(event.pointerId); to(event); });
    divider.addEventListener("pointermove", (event) => { if (divider.hasPointerCapture(event.pointerId)) to(event); });
    divider.addEventListener("keydown", (event) => {
      const wide = event.shiftKey ? 10 : 2, ways = { ArrowLeft: share - wide, ArrowRight: share + wide, ArrowDown: share - wide, ArrowUp: share + wide, Home: 0, End: 100 };
      if (!(event.key in ways) || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault(); // the divider has the focus, not the film
      wipe(ways[event.key]);
    });
    wipe(share);
  }

  const verbs = { play: toggle, back: () => step(-1), on: () => step(1), speed: () => faster() };
  root.addEventListener("click", (event) => {
    const verb = event.target.closest("[data-do]")?.dataset.do, view = event.target.closest("[data-view-set]")?.dataset.viewSet;
    if (verb) return verbs[verb]();
    if (view) return show(view);
    if (event.target.matches("video")) return toggle();
    const hear = event.target.closest("[data-hear]");
    if (!hear) return;
    const mine = hear.closest("figure").querySelector("video"), on = mine.muted;
    clips.forEach(({ video }) => { video.muted = !(on && video === mine); });
    root.querySelectorAll("[data-hear]").forEach((button) => button.setAttribute("aria-pressed", String(on && button === hear)));
  });
  bar.addEventListener("input", () => jump(Number(bar.value)));
  const forward = () => { if (playing) faster(Math.min(pace * 2, 2)); else play(); };
  const keys = {
    "play": toggle, "stop": pause, "forward": forward, "frame-back": () => step(-1), "frame-on": () => step(1), "ten-back": () => step(-10), "ten-on": () => step(10),
    "start": () => jump(0), "end": () => jump(lead.clock.last), "wipe": () => turn("wipe"), "difference": () => turn("difference"),
  };
  for (const [name, does] of Object.entries(keys)) {
    studioKeys.on(name, (event) => {
      if (event.key === " " && event.target.closest?.("button, a, summary")) return false;
      return does() !== false;
    }, { unless: "input:not([type=range]), textarea, select" });
  }
  clips.forEach((one) => one.video.addEventListener("ended", () => { if (one === lead) pause(); }));
  draw();
})();
