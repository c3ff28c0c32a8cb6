// A guest's page. Its note stands at the frame where the player stands ("player:frame" of player.js): [data-note-at] says which, [data-note-on] turns
// that off. Typing pauses, sending goes on. [data-note-reply=key] answers a note, [data-note-alone] no longer does; [data-note-open] goes to the field.
// The marks of the notes ([data-markers-now]) go below the timeline of the player, which itself stays as it is. When the link no longer opens ("live:stopped" of live.js), the page is asked for again, and with it goes what was shown. Must stand before player.js.
(function () {
  "use strict";
  let at = null, wasPlaying = false, marks = "";
  const form = () => document.querySelector("[data-note-form]");
  const video = () => document.querySelector("[data-player-root] video");

  function draw() {
    const write = form();
    if (!write) return;
    const replies = Boolean(write.elements.to.value), place = write.querySelector("[data-note-at]"), on = write.querySelector("[data-note-on]");
    place.hidden = at === null || replies;
    write.querySelector("[data-note-to]").hidden = !replies;
    write.elements.frame.disabled = at === null || replies || !on.checked;
    if (at === null) return;
    write.elements.frame.value = String(at.frame);
    write.querySelector("[data-note-code]").textContent = at.code;
  }
  function mark() {
    const deck = document.querySelector("[data-player-root] .deck"), source = document.querySelector("[data-markers-now]");
    if (!deck || !source) return;
    let place = deck.querySelector(".markers");
    if (!place) { place = document.createElement("div"); place.className = "markers"; deck.append(place); }
    if (marks === source.innerHTML && place.childElementCount) return;
    marks = source.innerHTML;
    place.replaceChildren(...source.cloneNode(true).childNodes);
    for (const one of place.querySelectorAll("[data-at]")) for (const name of ["at", "span"]) if (name in one.dataset) one.style.setProperty(`--${name}`, `${parseFloat(one.dataset[name])}%`);
  }
  function reply(key, whom) {
    const write = form();
    if (!write) return;
    write.elements.to.value = key;
    write.querySelector("[data-note-whom]").textContent = whom;
    draw();
    write.elements.body.focus();
  }

  document.addEventListener("player:frame", (event) => { at = event.detail; draw(); });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-note-on]")) draw(); });
  // what was written and not sent stays in this tab, whatever becomes of the page
  const place = () => `note:${location.pathname}`;
  const keep = (words) => { try { if (words) sessionStorage.setItem(place(), words); else sessionStorage.removeItem(place()); } catch { /* private window */ } };
  function restore() {
    const body = form()?.elements.body;
    try { if (body && !body.value) body.value = sessionStorage.getItem(place()) || ""; } catch { /* private window */ }
  }
  document.addEventListener("input", (event) => { if (event.target.matches("[data-note-form] textarea")) keep(event.target.value); });
  let sent = "";
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.detail.elt.matches?.("[data-note-form]")) sent = event.detail.elt.elements.body.value; });
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-note-form] textarea") || !video() || video().paused) return;
    wasPlaying = true;
    video().pause();
  });
  document.addEventListener("click", (event) => {
    const answered = event.target.closest("[data-note-reply]");
    if (answered) return reply(answered.dataset.noteReply, answered.dataset.whom);
    if (event.target.closest("[data-note-alone]")) return reply("", "");
    if (event.target.closest("[data-note-open]")) {
      event.preventDefault();
      video()?.pause();
      form()?.scrollIntoView({ block: "center" });
      form()?.querySelector("input[name=name], textarea")?.focus({ preventScroll: true });
    }
  });
  // before the answer is put in: the form that sent it may be another one afterwards, with a name
  document.addEventListener("htmx:beforeSwap", (event) => {
    const write = event.detail.requestConfig?.elt;
    if (!write?.matches?.("[data-note-form]") || event.detail.xhr?.status !== 200) return;
    if (write.elements.body.value === sent) { write.elements.body.value = ""; keep(""); } // else more was written meanwhile
    write.elements.to.value = "";
    draw();
    if (wasPlaying) video()?.play().catch(() => {});
    wasPlaying = false;
  });
  // for the next pages too; the server writes it before the first paint
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const root = document.documentElement, now = root.dataset.theme;
    const light = now === "light" || (now !== "dark" && matchMedia("(prefers-color-scheme: light)").matches);
    root.dataset.theme = light ? "dark" : "light";
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${root.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  });
  document.addEventListener("live:stopped", () => location.reload());
  for (const name of ["htmx:afterSwap", "studio:swapped"]) document.addEventListener(name, () => { restore(); draw(); mark(); });
  restore();
  draw();
  mark();
})();
