// Our own player. [data-player-root data-fps] holds <video> and controls by data-player: play, back, on, mute, volume, loop,
// speed, full, big; [data-player-time], [data-player-length], [data-player-frame]; the timeline is [data-timeline role=slider] with
// .range and .head. Its keys stand in generations/keys.py and come by studioKeys.
// Without this script the <video controls> of the browser stands there. Other scripts seek by dispatching "player:seek" {seconds, end} on
// the root, or by a link [data-seek="seconds"] [data-seek-end]; "player:frame" {seconds, frame} tells them where we are.
(function () {
  "use strict";
  const SPEEDS = [0.25, 0.5, 1, 1.5, 2];
  const players = new WeakMap();
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } };
  const recall = (key) => { try { return localStorage.getItem(key); } catch { return null; } };

  function attach(root) {
    if (players.has(root)) return;
    const video = root.querySelector("video");
    if (!video) return;
    const fps = parseFloat(root.dataset.fps) || 24, frame = 1 / fps;
    const part = (name) => root.querySelector(`[data-player="${name}"]`);
    const line = root.querySelector("[data-timeline]");
    const state = { from: null, to: null, loop: false, shuttle: 0, reverse: 0 };
    video.controls = false;
    root.classList.add("scripted");
    const length = () => video.duration || parseFloat(root.dataset.duration) || 0;
    const pad = (number) => String(number).padStart(2, "0");
    const frameOf = (seconds) => Math.round(seconds * fps + 1e-3);

    function timecode(seconds) {
      const total = Math.max(0, Math.floor(seconds * fps + 1e-3)), rate = Math.round(fps);
      const f = total % rate, s = Math.floor(total / rate);
      return `${pad(Math.floor(s / 3600))}:${pad(Math.floor((s % 3600) / 60))}:${pad(s % 60)}:${pad(f)}`;
    }
    const write = (selector, text) => { const element = root.querySelector(selector); if (element && element.textContent !== text) element.textContent = text; };

    function draw(at = video.currentTime) {
      const all = length(), share = all ? Math.min(at / all, 1) * 100 : 0;
      write("[data-player-time]", timecode(at));
      write("[data-player-length]", timecode(all));
      write("[data-player-frame]", String(Math.max(0, Math.floor(at * fps + 1e-3))));
      if (line) {
        line.style.setProperty("--at", `${share}%`);
        line.setAttribute("aria-valuemin", "0");
        line.setAttribute("aria-valuemax", String(Math.max(0, frameOf(all))));
        line.setAttribute("aria-valuenow", String(Math.max(0, Math.floor(at * fps + 1e-3))));
        line.setAttribute("aria-valuetext", timecode(at));
        const range = line.querySelector(".range");
        if (range) {
          range.hidden = state.from === null && state.to === null;
          const from = state.from ?? 0, to = state.to ?? all;
          line.style.setProperty("--from", `${all ? (from / all) * 100 : 0}%`);
          line.style.setProperty("--span", `${all ? ((to - from) / all) * 100 : 0}%`);
        }
      }
      root.dispatchEvent(new CustomEvent("player:frame", { bubbles: true, detail: { seconds: at, frame: Math.floor(at * fps + 1e-3) } }));
    }

    function turn(at) {
      if (!state.loop) return;
      const from = state.from ?? 0, to = state.to ?? length();
      if (at >= to - frame / 2 || at < from - frame) video.currentTime = from;
    }
    const onFrame = (now, meta) => {
      draw(meta.mediaTime);
      turn(meta.mediaTime);
      video.requestVideoFrameCallback(onFrame);
    };
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(onFrame);
    video.addEventListener("timeupdate", () => { draw(); turn(video.currentTime); });
    video.addEventListener("seeked", () => draw());
    video.addEventListener("loadedmetadata", () => draw());

    const stopReverse = () => { clearInterval(state.reverse); state.reverse = 0; state.shuttle = 0; };
    const seek = (seconds) => { video.currentTime = Math.min(Math.max(seconds, 0), Math.max(length() - frame / 2, 0)); draw(video.currentTime); };
    const setSpeed = (rate) => { video.playbackRate = rate; write('[data-player="speed"] [data-words]', `${rate}×`); };
    const play = () => {
      stopReverse();
      if (state.loop && state.from !== null && (video.currentTime < state.from || video.currentTime >= (state.to ?? length()))) video.currentTime = state.from;
      video.play().catch(() => {});
    };
    const pause = () => { stopReverse(); video.pause(); };
    const toggle = () => { if (video.paused && !state.reverse) play(); else pause(); };
    // half a frame into the frame, so that rounding never shows its neighbour
    const step = (frames) => { pause(); seek((Math.floor(video.currentTime * fps + 1e-3) + frames + 0.5) / fps); };
    const shuttle = (way) => {
      if (way > 0) {
        const next = state.shuttle > 0 ? Math.min(state.shuttle * 2, 2) : 1;
        stopReverse();
        state.shuttle = next;
        video.playbackRate = next;
        video.play().catch(() => {});
      } else {
        const next = state.shuttle < 0 ? Math.min(-state.shuttle * 2, 4) : 1;
        stopReverse();
        video.pause();
        state.shuttle = -next;
        state.reverse = setInterval(() => { if (video.currentTime <= 0) pause(); else seek(video.currentTime - next / 12); }, 1000 / 12);
      }
    };
    const setLoop = (on) => { state.loop = on; part("loop")?.setAttribute("aria-pressed", String(on)); draw(); };
    const mark = (end, clear) => {
      if (clear) { state.from = state.to = null; return setLoop(false); }
      state[end] = video.currentTime;
      if (state.from !== null && state.to !== null && state.from >= state.to) state[end === "from" ? "to" : "from"] = null;
      setLoop(true);
    };
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
    video.addEventListener("ended", () => { if (state.loop) { video.currentTime = state.from ?? 0; play(); } });
    video.addEventListener("error", () => { say("broken"); const words = root.querySelector(".trouble"); if (words) words.hidden = false; });
    video.addEventListener("click", toggle);
    video.addEventListener("dblclick", full);

    const acts = {
      play: toggle, big: toggle, back: () => step(-1), on: () => step(1), mute: () => { video.muted = !video.muted; if (!video.muted && video.volume === 0) video.volume = 0.5; },
      loop: () => setLoop(!state.loop), full,
      speed: () => setSpeed(SPEEDS[(SPEEDS.indexOf(video.playbackRate) + 1) % SPEEDS.length] || 1),
    };
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-player]");
      if (button && acts[button.dataset.player]) acts[button.dataset.player]();
    });
    part("volume")?.addEventListener("input", (event) => { video.volume = Number(event.target.value); video.muted = video.volume === 0; });
    root.addEventListener("player:seek", (event) => {
      pause();
      seek(event.detail.seconds + frame / 2);
      if (event.detail.end > event.detail.seconds) { state.from = event.detail.seconds; state.to = event.detail.end; setLoop(true); }
    });

    if (line) {
      const to = (event) => { const box = line.getBoundingClientRect(); seek(((event.clientX - box.left) / box.width) * length()); };
      let was = false;
      line.addEventListener("pointerdown", (event) => {
        if (event.button) return;
        line.setPointerCapture(event.pointerId);
        was = !video.paused;
        pause();
        to(event);
      });
      line.addEventListener("pointermove", (event) => { if (line.hasPointerCapture(event.pointerId)) to(event); });
      line.addEventListener("pointerup", () => { if (was) play(); was = false; });
    }

    players.set(root, {
      "play": toggle, "frame-back": () => step(-1), "frame-on": () => step(1), "ten-back": () => step(-10), "ten-on": () => step(10),
      "reverse": () => shuttle(-1), "stop": pause, "forward": () => shuttle(1), "loop-start": () => mark("from"), "loop-end": () => mark("to"),
      "loop-clear": () => mark("from", true), "mute": acts.mute, "full": full, "start": () => seek(0), "end": () => seek(length()),
    });
    say("still");
    showSound();
    draw(0);
  }

  const all = () => document.querySelectorAll("[data-player-root]");
  const NAMES = ["play", "frame-back", "frame-on", "ten-back", "ten-on", "reverse", "stop", "forward", "loop-start", "loop-end", "loop-clear", "mute", "full", "start", "end"];
  for (const name of NAMES) {
    studioKeys.on(name, (event) => {
      if (event.key === " " && event.target.closest?.("a, button, summary")) return false;
      const root = event.target.closest?.("[data-player-root]") || all()[0], does = root && players.get(root)?.[name];
      if (!does) return false;
      does();
    });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-seek]");
    const root = all()[0];
    if (!link || !root) return;
    event.preventDefault();
    root.dispatchEvent(new CustomEvent("player:seek", { detail: { seconds: parseFloat(link.dataset.seek), end: parseFloat(link.dataset.seekEnd) } }));
  });
  const scan = () => all().forEach(attach);
  for (const name of ["htmx:afterSwap", "studio:swapped"]) document.addEventListener(name, scan);
  scan();
})();
