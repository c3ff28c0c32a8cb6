// The cut played through. [data-cut] holds two <video>: while one plays the other loads the next shot, so that one follows the other without a gap; a shot that is
// missing is a slate for its length. #cut-pieces: [{id, code, title, seconds, words, clip?, start?, poster?, open?}]. Controls by data-cut-act (play, back, on, mute, full),
// the line [data-cut-line] is a slider over all of it with a mark for each shot, [data-cut-go] leads to one. Its keys stand in generations/keys.py.
(function () {
  "use strict";
  const root = document.querySelector("[data-cut]");
  if (!root) return;
  const pieces = JSON.parse(document.getElementById("cut-pieces").textContent);
  const starts = pieces.reduce((all, one) => [...all, all.at(-1) + one.seconds], [0]), whole = starts.at(-1);
  const [num, den] = root.dataset.rate.split("/").map(Number);
  const part = (name) => root.querySelector(`[data-cut-${name}]`);
  const line = part("line"), slate = part("slate"), poster = part("poster"), calm = matchMedia("(prefers-reduced-motion: reduce)");
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } };
  const recall = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  let [front, back] = root.querySelectorAll("[data-cut-video]");
  let now = 0, within = 0, playing = false, since = 0, told = -1;
  const broken = new Set(); // clips that this browser does not play

  const isSlate = (at) => !pieces[at].clip || broken.has(at);
  const frameOf = (seconds) => Math.min(Math.floor(seconds * (num / den) + 1e-3), Math.max(0, Math.ceil(whole * (num / den)) - 1));
  const code = (seconds) => studioFrames.code(frameOf(seconds), num, den);

  function load(video, at) {
    if (video.dataset.piece === String(at)) return;
    video.dataset.piece = String(at);
    video.src = pieces[at].clip;
    video.dataset.from = String(pieces[at].start || 0);
    if (pieces[at].start) video.currentTime = pieces[at].start;
  }
  const from = (video) => Number(video.dataset.from) || 0;
  const isReady = () => front.readyState >= 2 && !front.seeking;
  function ahead() { // what comes next begins to load while this one plays
    const next = pieces.findIndex((_one, at) => at > now && !isSlate(at));
    if (next >= 0) load(back, next);
  }

  // --- what is shown ------------------------------------------------------------------------------------
  function face() {
    const piece = pieces[now], blank = isSlate(now);
    slate.hidden = !blank;
    front.hidden = blank;
    back.hidden = true;
    if (blank) {
      for (const name of ["code", "title", "words"]) slate.querySelector(`[data-slate=${name}]`).textContent = piece[name];
      const why = slate.querySelector("[data-slate=why]");
      why.textContent = broken.has(now) ? why.dataset.broken : piece.open ? why.dataset.open : why.dataset.missing;
    }
    cover();
    part("code").textContent = piece.code;
    part("title").textContent = piece.title;
    if (told === now) return;
    told = now;
    part("said").textContent = `${piece.code} ${piece.title}`;
    root.dataset.shot = piece.code;
    root.querySelectorAll("[data-cut-go]").forEach((link, at) => { if (at === now) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current"); });
    const here = root.querySelector(`[data-cut-go="${now}"]`), list = part("list");
    list.scrollTo({ left: here.offsetLeft - list.offsetLeft - 24, behavior: calm.matches ? "auto" : "smooth" });
  }
  function cover() { // its poster, until the first picture is here
    const url = !isSlate(now) && !isReady() && within < 0.05 ? pieces[now].poster : "";
    if (url && poster.getAttribute("src") !== url) poster.src = url;
    poster.hidden = !url;
  }
  function draw() {
    const at = Math.min(starts[now] + within, whole);
    line.style.setProperty("--at", `${(at / whole) * 100}%`);
    const words = `${code(at)}, ${pieces[now].code}`;
    for (const [name, value] of Object.entries({ valuemin: 0, valuemax: Math.ceil(whole), valuenow: Math.round(at), valuetext: words })) line.setAttribute(`aria-${name}`, String(value));
    part("time").textContent = code(at);
  }
  const state = (word) => { root.dataset.state = word; };

  // --- time ---------------------------------------------------------------------------------------------
  function enter(at, seconds = 0) {
    now = at;
    within = seconds;
    if (isSlate(at)) { front.pause(); since = performance.now() - within * 1000; }
    else {
      if (back.dataset.piece === String(at)) { front.pause(); [front, back] = [back, front]; }
      load(front, at);
      const time = from(front) + within;
      if (Math.abs(front.currentTime - time) > 0.02) front.currentTime = time;
      back.pause();
      if (playing) run();
    }
    face();
    draw();
    ahead();
  }
  function run() {
    const mine = front;
    mine.play().catch((error) => {
      if (error.name !== "NotAllowedError" || !playing || mine !== front) return;
      mine.muted = back.muted = true; // with sound a browser may refuse before the first click on a page
      showSound();
      mine.play().catch(() => stop());
    });
  }
  function tick() {
    if (!playing) return;
    const piece = pieces[now];
    if (isSlate(now)) within = (performance.now() - since) / 1000;
    else if (!front.seeking) within = Math.max(0, front.currentTime - from(front));
    const ended = isSlate(now) ? within >= piece.seconds : front.ended || within >= piece.seconds;
    if (ended && now + 1 < pieces.length) enter(now + 1);
    else if (ended) { within = piece.seconds; stop(); }
    else { cover(); draw(); }
    requestAnimationFrame(tick);
  }
  function start() {
    if (playing) return;
    if (starts[now] + within >= whole - 0.02) enter(0);
    playing = true;
    state("playing");
    since = performance.now() - within * 1000;
    if (!isSlate(now)) run();
    requestAnimationFrame(tick);
  }
  function stop() {
    playing = false;
    front.pause();
    state("ready");
    draw();
  }
  const toggle = () => (playing ? stop() : start());
  function seek(seconds) {
    const at = Math.min(Math.max(seconds, 0), Math.max(0, whole - 0.001));
    const found = Math.max(0, starts.findLastIndex((one, index) => index < pieces.length && one <= at));
    if (root.dataset.state === "still") state("ready");
    enter(found, at - starts[found]);
  }
  // back goes to the beginning of this shot first, as players of discs do
  const step = (way) => { if (way < 0 && within > 1) return enter(now); if (root.dataset.state === "still") state("ready"); return enter(Math.min(Math.max(now + way, 0), pieces.length - 1)); };
  const ending = () => { stop(); enter(pieces.length - 1, Math.max(0, pieces.at(-1).seconds - 0.001)); };

  function showSound() {
    root.toggleAttribute("data-muted", front.muted);
    root.querySelector("[data-cut-act=mute]").setAttribute("aria-pressed", String(front.muted));
  }
  const mute = () => { front.muted = back.muted = !front.muted; remember("player-muted", front.muted ? "1" : "0"); showSound(); };
  const full = () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.() ?? front.webkitEnterFullscreen?.());
  const acts = { play: toggle, back: () => step(-1), on: () => step(1), mute, full };
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-cut-act]"), go = event.target.closest("[data-cut-go]");
    if (button) acts[button.dataset.cutAct]?.();
    else if (go && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); if (root.dataset.state === "still") state("ready"); enter(Number(go.dataset.cutGo)); }
    else if (event.target.closest("[data-cut-stage]")) toggle();
  });
  for (const video of [front, back]) {
    video.muted = recall("player-muted") === "1";
    video.addEventListener("error", () => {
      const at = Number(video.dataset.piece);
      broken.add(at);
      if (at === now) enter(now, 0);
    });
    for (const name of ["loadeddata", "seeked", "playing"]) video.addEventListener(name, cover);
  }

  // --- the line -----------------------------------------------------------------------------------------
  pieces.forEach((piece, at) => {
    const mark = document.createElement("span");
    mark.className = isSlate(at) ? "mark gap" : "mark";
    mark.style.setProperty("--at", `${(starts[at] / whole) * 100}%`);
    mark.style.setProperty("--span", `${(piece.seconds / whole) * 100}%`);
    const words = document.createElement("i");
    words.textContent = piece.code;
    mark.append(words);
    part("marks").append(mark);
  });
  let was = false;
  const to = (event) => { const box = line.getBoundingClientRect(); seek(((event.clientX - box.left) / box.width) * whole); };
  line.addEventListener("pointerdown", (event) => { if (event.button) return; was = playing; if (playing) stop(); line.setPointerCapture(event.pointerId); to(event); });
  line.addEventListener("pointermove", (event) => { if (line.hasPointerCapture(event.pointerId)) to(event); });
  for (const name of ["pointerup", "pointercancel"]) line.addEventListener(name, () => { if (was) start(); was = false; });
  line.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    seek(starts[now] + within + move);
  });

  const does = { "play": toggle, "cut-back": () => step(-1), "cut-on": () => step(1), "mute": mute, "full": full, "start": () => enter(0), "end": ending };
  for (const [name, act] of Object.entries(does)) {
    studioKeys.on(name, (event) => {
      if (event.key === " " && event.target.closest?.("a, button, summary")) return false;
      act();
    });
  }
  part("length").textContent = `/ ${studioFrames.code(Math.round(whole * (num / den)), num, den)}`;
  showSound();
  enter(Math.max(0, pieces.findIndex((one) => one.id === root.dataset.start)));
})();
