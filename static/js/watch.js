// What a person hears of their takes. The element [data-watch] of every page says how many are on their way and what they have
// not seen. Visible tabs ask for it again every few seconds, for others may write at any time: one of them for all, since whoever asked tells the others. While
// something of theirs runs, one hidden tab asks as well and tells the others, ever more seldom, for three hours. What ended is said once, by one tab: sound, notification, toast, each
// as chosen; it is not said of what a visible page shows. The tab's title follows on every page. [data-news] on a visible page counts as seen.
(function () {
  "use strict";
  const VISIBLE = 2500, HIDDEN = 6000, SELDOM = 30000, LONG = 600000, TOO_LONG = 3 * 3600000, LOOKS = 2200, RECENT = 600000, SAME = "same";
  const box = () => document.querySelector("[data-watch]");
  if (!box()) return;
  const channel = `watch:${box().dataset.channel}`;
  const others = "BroadcastChannel" in window ? new BroadcastChannel(channel) : null;
  const me = Math.random().toString(36).slice(2);
  let timer, asked = 0, asking = false, hiddenSince = document.hidden ? Date.now() : 0, base = document.title;
  const noticed = new Map(), marking = new Set();

  // --- one tab speaks: a visible one before a hidden one, until it has not been heard of for a while
  const kept = (name) => { try { return JSON.parse(localStorage.getItem(`${channel}:${name}`)); } catch { return null; } };
  const keep = (name, value) => { try { localStorage.setItem(`${channel}:${name}`, JSON.stringify(value)); } catch { /* private */ } };
  // settled long before there is something to say: two tabs that learn of it at once see each other's word too late
  function speaks(takes = false) {
    const held = kept("speaker"), now = Date.now(), mine = { id: me, visible: !document.hidden, until: now + (document.hidden ? 90000 : 15000) };
    const free = takes || !held || held.id === me || held.until < now || (mine.visible && !held.visible);
    if (free) keep("speaker", mine);
    return free;
  }
  addEventListener("focus", () => speaks(true));
  addEventListener("pagehide", () => { if (kept("speaker")?.id === me) keep("speaker", null); });

  // --- the header's part
  function show(html, tell = true) {
    const next = new DOMParser().parseFromString(html, "text/html").querySelector("[data-watch]"), old = box();
    if (!next || !old) return;
    if (window.Idiomorph) Idiomorph.morph(old, next, { morphStyle: "outerHTML" });
    else old.replaceWith(next);
    window.htmx?.process(box());
    if (tell) others?.postMessage(html);
    heed();
  }
  function heed() {
    speaks();
    name();
    announce();
    schedule();
  }
  function name() {
    const { said, flying, titled, name: studio } = box().dataset;
    const title = titled === "false" ? base : said ? `${said} · ${studio}` : Number(flying) ? `(${flying}) ${base}` : base;
    if (document.title !== title) document.title = title;
  }

  // --- asking
  function wait() {
    if (!document.hidden) return noticed.size ? LOOKS : VISIBLE;
    if (!Number(box().dataset.flying) && !noticed.size) return 0;
    const hidden = Date.now() - hiddenSince;
    if (hidden > TOO_LONG || !speaks()) return 0;
    return hidden > LONG ? SELDOM : HIDDEN;
  }
  function schedule() {
    clearTimeout(timer);
    const pause = wait();
    if (pause) timer = setTimeout(ask, pause);
  }
  async function ask() {
    if (asking) return;
    asking = true;
    asked = Date.now();
    try {
      const url = new URL(box().dataset.url, location.href);
      url.searchParams.set("v", box().dataset.version);
      const reply = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin", signal: AbortSignal.timeout(20000) });
      asking = false;
      if (reply.status === 200) return show(await reply.text());
      if (reply.status === 204) { others?.postMessage(SAME); return heed(); }
    } catch { /* live.js says that the connection is lost */ }
    asking = false;
    clearTimeout(timer);
    timer = setTimeout(ask, SELDOM);
  }

  // --- speaking
  function announce() {
    const now = Number(box().dataset.now);
    if (kept("said") === null) keep("said", now);
    const fresh = [...box().querySelectorAll("[data-fresh]")].filter((item) => Number(item.dataset.at) > kept("said") && now - Number(item.dataset.at) < RECENT);
    const keyOf = (item) => `${item.dataset.fresh}@${item.dataset.at}`, keys = new Set(fresh.map(keyOf));
    for (const key of noticed.keys()) if (!keys.has(key)) noticed.delete(key);
    const ripe = fresh.filter((item) => {
      if (!noticed.has(keyOf(item))) { noticed.set(keyOf(item), Date.now()); document.dispatchEvent(new Event("live:refresh")); }
      return document.hidden || Date.now() - noticed.get(keyOf(item)) >= LOOKS - 300; // the page may just be showing it
    });
    if (!ripe.length || !speaks()) return;
    keep("said", Math.max(...ripe.map((item) => Number(item.dataset.at))));
    noticed.clear();
    say(ripe);
  }
  function say(items) {
    const { sound, notify, toasts, many, newsUrl } = box().dataset;
    if (sound === "true") chime(items.every((item) => ["done", "said"].includes(item.dataset.kind)));
    const told = items.length > 3 ? [{ word: many, prompt: "", url: newsUrl }] : items.map((item) => item.dataset);
    for (const { word, prompt, url } of told) {
      if (toasts !== "false" && !document.hidden) document.dispatchEvent(new CustomEvent("studio:toast", { detail: { text: prompt ? `${word}: ${prompt}` : word, joins: "news", many } }));
      if (notify === "true" && !document.hasFocus()) notification(word, prompt, url);
    }
  }
  function notification(word, prompt, url) {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    try {
      const shown = new Notification(word, { body: prompt, tag: url, icon: document.querySelector("link[rel=icon]")?.href });
      shown.onclick = () => { window.focus(); location.assign(url); shown.close(); };
    } catch { /* some phones allow it to service workers only */ }
  }
  let audio;
  async function chime(good) {
    try {
      audio ??= new AudioContext();
      if (audio.state === "suspended") await Promise.race([audio.resume(), new Promise((done) => setTimeout(done, 500))]);
      if (audio.state !== "running") return;
      const notes = good ? [659.3, 880] : [440, 349.2];
      notes.forEach((pitch, number) => {
        const at = audio.currentTime + number * 0.16, tone = audio.createOscillator(), level = audio.createGain();
        tone.frequency.value = pitch;
        level.gain.setValueAtTime(0, at);
        level.gain.linearRampToValueAtTime(0.12, at + 0.02);
        level.gain.exponentialRampToValueAtTime(0.001, at + 0.5);
        tone.connect(level).connect(audio.destination);
        tone.start(at);
        tone.stop(at + 0.55);
      });
      document.dispatchEvent(new CustomEvent("studio:chimed", { detail: { good } }));
    } catch { /* no sound here */ }
  }

  // --- seen: what a visible page shows
  async function mark() {
    if (document.hidden) return;
    const shown = [...document.querySelectorAll("[data-news]")].filter((node) => node.getClientRects().length && !marking.has(node.dataset.news));
    if (!shown.length) return;
    const ids = [...new Set(shown.map((node) => node.dataset.news))];
    ids.forEach((id) => marking.add(id));
    try {
      const body = new URLSearchParams(ids.map((id) => ["take", id]));
      const reply = await fetch(box().dataset.seenUrl, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": document.body.dataset.csrf }, credentials: "same-origin" });
      if (reply.status === 200) {
        shown.forEach((node) => node.removeAttribute("data-news"));
        show(await reply.text());
      }
    } catch { /* it stays news */ }
    ids.forEach((id) => marking.delete(id));
  }

  // --- the bell
  async function fill(list) {
    const reply = await fetch(box().dataset.newsUrl, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null);
    if (reply?.status !== 200) return;
    const html = await reply.text(), isIn = list.contains(document.activeElement);
    list.innerHTML = html;
    if (isIn) list.querySelector("a, button")?.focus(); // what had the focus has just been replaced
    mark();
  }
  document.addEventListener("toggle", (event) => {
    if (event.target.id === "bell" && event.newState === "open") fill(event.target.querySelector("#bell-list"));
  }, true);
  document.addEventListener("submit", async (event) => {
    if (!event.target.matches("[data-read-all]")) return;
    event.preventDefault();
    const reply = await fetch(event.target.action, { method: "POST", body: new URLSearchParams(new FormData(event.target)), headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null);
    if (reply?.status !== 200) return;
    document.querySelectorAll(".newsitem.unread").forEach((item) => { item.classList.remove("unread"); item.querySelector(".unreadmark")?.remove(); item.removeAttribute("data-news"); });
    show(await reply.text());
  });

  // --- the choice on the person's page
  const tryIt = document.querySelector("[data-try-sound]"), allow = document.querySelector("[data-allow-notify]");
  if (tryIt) { tryIt.hidden = !("AudioContext" in window); tryIt.addEventListener("click", () => chime(true)); }
  function permission() {
    const line = document.querySelector("[data-notify-state]");
    if (!line) return;
    const state = "Notification" in window && window.isSecureContext ? Notification.permission : "none";
    line.textContent = line.dataset[state];
    if (allow) allow.hidden = state !== "default";
  }
  allow?.addEventListener("click", () => Notification.requestPermission().then(permission));
  permission();

  // --- when to look
  if (others) others.onmessage = (event) => { if (event.data === SAME) schedule(); else show(event.data, false); };
  document.addEventListener("visibilitychange", () => {
    hiddenSince = document.hidden ? Date.now() : 0;
    if (document.hidden) return schedule();
    mark();
    ask();
  });
  document.addEventListener("studio:swapped", (event) => {
    if (event.target.dataset.title) base = event.target.dataset.title;
    name();
    mark();
    if (!noticed.size && Date.now() - asked > VISIBLE) { clearTimeout(timer); timer = setTimeout(ask, 600); }
  });
  document.addEventListener("htmx:afterSwap", mark);
  document.addEventListener("htmx:afterRequest", (event) => {
    const verb = event.detail.requestConfig?.verb;
    if (verb && verb !== "get") { clearTimeout(timer); timer = setTimeout(ask, 800); }
  });
  mark();
  if (box().dataset.version) heed();
  else ask(); // a page comes without the counts, so that it does not wait for them
})();
