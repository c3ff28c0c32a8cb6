// Our own player, exact to the frame (static/js/frames.js counts). [data-player-root data-rate data-frames data-start] holds <video> and controls by
// data-player: play, back, on, mute, volume, loop, speed, full, big; [data-player-time], [data-player-length], [data-player-frame]; the timeline is
// [data-timeline role=slider] with .range and .head. Its keys stand in generations/keys.py and come by studioKeys; a finger drags the picture frame by frame.
// Without this script the <video controls> of the browser stands there. Other scripts seek by dispatching "player:seek" {frame, endFrame} on
// the root (with `clear` the loop that was set goes), and stop and start it by "player:pause" and "player:play".
// "player:frame" {seconds, frame, code} tells them where we are, as data-frame of the root does; data-from and data-to are the ends of the loop that are set.
// Seconds count from the first frame; loops hold their last frame.
(function () {
  "use strict";
  const SPEEDS = [0.25, 0.5, 1, 1.5, 2];
  const FASTEST_BACK = 4, PX_A_FRAME = 8;
  const players = new WeakMap();
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } };
  const recall = (key) => { try { return localStorage.getItem(key); } catch { return null; } };

  function attach(root) {
    if (players.has(root)) return;
    const video = root.querySelector("video");
    if (!video) return;
    const clock = studioFrames.clock(video, root);
    const part = (name) => root.querySelector(`[data-player="${name}"]`);
    const line = root.querySelector("[data-timeline]");
    // `from` and `to` are frames; `speed` is what the person chose, which J and L leave alone
    const state = { from: null, to: null, loop: false, shuttle: 0, speed: 1, told: -1 };
    video.controls = false;
    root.classList.add("scripted");
    const first = () => state.from ?? 0, last = () => state.to ?? clock.last;
    const write = (selector, text) => { const element = root.querySelector(selector); if (element && element.textContent !== text) element.textContent = text; };

    function draw(frame = clock.frame) {
      write("[data-player-time]", clock.code(frame));
      write("[data-player-length]", clock.code(clock.count));
      write("[data-player-frame]", String(frame));
      if (line) drawLine(frame);
      for (const end of ["from", "to"]) if (state[end] === null) delete root.dataset[end]; else root.dataset[end] = String(state[end]);
      if (frame === state.told) return;
      state.told = frame;
      root.dataset.frame = String(frame);
      root.dispatchEvent(new CustomEvent("player:frame", { bubbles: true, detail: { seconds: frame / clock.rate, frame, code: clock.code(frame) } }));
    }
    function drawLine(frame) {
      line.style.setProperty("--at", `${((frame + 0.5) / clock.count) * 100}%`);
      for (const [name, value] of Object.entries({ valuemin: 0, valuemax: clock.last, valuenow: frame, valuetext: clock.code(frame) })) line.setAttribute(`aria-${name}`, String(value));
      const range = line.querySelector(".range");
      if (!range) return;
      range.hidden = state.from === null && state.to === null;
      line.style.setProperty("--from", `${(first() / clock.count) * 100}%`);
      line.style.setProperty("--span", `${((last() + 1 - first()) / clock.count) * 100}%`);
    }
    clock.on((frame) => {
      draw(frame);
      if (state.loop && !video.paused && clock.settled && (frame < first() - 1 || (frame >= last() && last() < clock.last))) clock.go(first());
    });

    const pace = (rate) => { video.playbackRate = rate; write('[data-player="speed"] [data-words]', `${rate}×`); };
    const rest = () => { state.shuttle = 0; pace(state.speed); };
    const go = (frame) => clock.go(frame);
    const setSpeed = (rate) => { state.speed = rate; pace(rate); };
    const play = () => {
      rest();
      const outside = state.loop && (clock.frame < first() || clock.frame >= last());
      if (outside || clock.frame >= clock.last) go(state.loop ? first() : 0);
      video.play().catch(() => {});
    };
    const pause = () => { rest(); video.pause(); };
    const toggle = () => { if (video.paused && state.shuttle >= 0) play(); else pause(); };
    const step = (frames) => { pause(); go(clock.frame + frames); };
    const jump = (frame) => { const on = !video.paused; if (!on) rest(); go(frame); };
    function forward() {
      const next = state.shuttle > 0 ? Math.min(state.shuttle * 2, 2) : 1;
      if (!video.paused || clock.frame < clock.last) { state.shuttle = next; pace(next); video.play().catch(() => {}); }
    }
    // browsers do not play backwards: as many frames are passed over as the time that went by asks for
    function reverse() {
      const next = state.shuttle < 0 ? Math.min(-state.shuttle * 2, FASTEST_BACK) : 1;
      pause();
      state.shuttle = -next;
      const from = clock.frame, since = performance.now(), mine = (reverse.turn = (reverse.turn || 0) + 1);
      const back = () => {
        if (state.shuttle !== -next || reverse.turn !== mine) return;
        const frame = Math.max(0, from - Math.floor(((performance.now() - since) / 1000) * next * clock.rate));
        if (!video.seeking && frame !== clock.frame) go(frame);
        if (frame > 0) requestAnimationFrame(back); else rest();
      };
      requestAnimationFrame(back);
    }
    const setLoop = (on) => { state.loop = on; part("loop")?.setAttribute("aria-pressed", String(on)); draw(); };
    const mark = (end) => {
      state[end] = clock.frame;
      if (state.from !== null && state.to !== null && state.from >= state.to) state[end === "from" ? "to" : "from"] = null;
      setLoop(true);
    };
    const unmark = () => { state.from = state.to = null; setLoop(false); };
    const full = () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.() ?? video.webkitEnterFullscreen?.());
    const showSound = () => {
      const silent = video.muted || video.volume === 0;
      root.toggleAttribute("data-muted", silent);
      part("mute")?.setAttribute("aria-pressed", String(silent));
      const bar = part("volume");
      if (bar && document.activeElement !== bar) bar.value = String(video.muted ? 0 : video.volume);
    };

    const kept = parseFloat(recall("player-volume"));
    if (kept >= 0 && kept <= 1) video.volume = kept;
    video.muted = recall("player-muted") === "1";
    video.addEventListener("volumechange", () => { remember("player-volume", video.volume); remember("player-muted", video.muted ? "1" : "0"); showSound(); });
    const say = (word) => { root.dataset.state = word; };
    video.addEventListener("play", () => say("playing"));
    video.addEventListener("pause", () => say(video.currentTime > 0 ? "ready" : "still"));
    video.addEventListener("seeking", () => { if (video.paused) say("ready"); });
    video.addEventListener("ended", () => { if (state.loop) play(); else rest(); });
    video.addEventListener("error", () => { say("broken"); const words = root.querySelector(".trouble"); if (words) words.hidden = false; });
    video.addEventListener("dblclick", full);

    const acts = {
      play: toggle, big: toggle, back: () => step(-1), on: () => step(1), mute: () => { video.muted = !video.muted; if (!video.muted && video.volume === 0) video.volume = 0.5; },
      loop: () => setLoop(!state.loop), full,
      speed: () => setSpeed(SPEEDS[(SPEEDS.indexOf(state.speed) + 1) % SPEEDS.length]),
    };
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-player]");
      if (button && acts[button.dataset.player]) acts[button.dataset.player]();
    });
    part("volume")?.addEventListener("input", (event) => { video.volume = Number(event.target.value); video.muted = video.volume === 0; });
    root.addEventListener("player:seek", (event) => {
      const { frame, endFrame, clear } = event.detail;
      pause();
      if (clear) unmark();
      go(frame);
      if (endFrame > frame) { state.from = frame; state.to = Math.min(endFrame, clock.last); setLoop(true); }
    });

    root.addEventListener("player:pause", pause);
    root.addEventListener("player:play", play);

    // along the timeline: wherever the pointer is; on the picture a finger moves frame by frame, a tap plays
    const drag = (surface, begins, moves, ends = () => {}) => {
      surface.addEventListener("pointerdown", (event) => { if (!event.button && begins(event)) surface.setPointerCapture(event.pointerId); });
      surface.addEventListener("pointermove", (event) => { if (surface.hasPointerCapture(event.pointerId)) moves(event); });
      for (const name of ["pointerup", "pointercancel"]) surface.addEventListener(name, ends);
    };
    if (line) {
      let was = false;
      const to = (event) => { const box = line.getBoundingClientRect(); go(Math.floor(((event.clientX - box.left) / box.width) * clock.count)); };
      drag(line, (event) => { was = !video.paused; pause(); to(event); return true; }, to, () => { if (was) play(); was = false; });
    }
    const finger = { x: 0, frame: 0, moved: false };
    drag(video, (event) => { Object.assign(finger, { x: event.clientX, frame: clock.frame, moved: false }); return event.pointerType === "touch"; }, (event) => {
      const frames = Math.trunc((event.clientX - finger.x) / PX_A_FRAME);
      if (!finger.moved && !frames) return;
      if (!finger.moved) { finger.moved = true; finger.frame = clock.frame; pause(); }
      go(finger.frame + frames);
    });
    video.addEventListener("click", () => { if (!finger.moved) toggle(); finger.moved = false; });

    players.set(root, {
      "play": toggle, "frame-back": () => step(-1), "frame-on": () => step(1), "ten-back": () => step(-10), "ten-on": () => step(10),
      "reverse": reverse, "stop": pause, "forward": forward, "loop-start": () => mark("from"), "loop-end": () => mark("to"),
      "loop-clear": unmark, "mute": acts.mute, "full": full, "start": () => jump(0), "end": () => { pause(); go(clock.last); },
    });
    say("still");
    showSound();
    draw(0);
  }

  const all = () => document.querySelectorAll("[data-player-root]");
  // a slider that has the focus keeps the keys that move it
  const MOVES = ["frame-back", "frame-on", "ten-back", "ten-on", "start", "end"];
  const NAMES = ["play", "frame-back", "frame-on", "ten-back", "ten-on", "reverse", "stop", "forward", "loop-start", "loop-end", "loop-clear", "mute", "full", "start", "end"];
  for (const name of NAMES) {
    studioKeys.on(name, (event) => {
      if (event.key === " " && event.target.closest?.("a, button, summary")) return false;
      const root = event.target.closest?.("[data-player-root]") || all()[0], does = root && players.get(root)?.[name];
      if (!does) return false;
      does();
    }, { unless: MOVES.includes(name) ? undefined : "input:not([type=range]), textarea, select, [contenteditable]" });
  }
  const scan = () => all().forEach(attach);
  for (const name of ["htmx:afterSwap", "studio:swapped"]) document.addEventListener(name, scan);
  scan();
})();
