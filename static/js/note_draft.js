// What is written of a note and not sent yet. Each side has words of its own: what was begun for the team never stands where the client reads.
// It stays in localStorage, for each tab by itself (data-draft of the form names whose it is): after a reload it stands there again, and what a
// closed tab left is taken up by the next. The form and its values: note_form.js, whose note:form says that there is one.
(function main() {
  "use strict";
  if (!window.studioNoteForm) { document.addEventListener("note:form", main, { once: true }); return; }
  const WAIT_MS = 300, ANSWER_MS = 200;
  const { form, root, side, at, answers, words, put, take, changed } = window.studioNoteForm;
  let begun = side(), tab = "", timer, owner = form().dataset.draft;
  const prefix = () => `note:${owner}:`;
  const store = (act) => { try { return act(localStorage); } catch { return null; } }; // a private window, or full
  const aside = {}; // by side: what was begun there
  const isBlank = (words) => !words || !(words.body || words.shapes.length || words.lines.some(Boolean));
  function turn(to) {
    if (!form() || to === begun) return;
    aside[begun] = words();
    begun = to;
    put(aside[to]);
    delete aside[to];
    changed();
  }
  function save() {
    clearTimeout(timer);
    if (!form() || !tab) return;
    const kept = { side: begun, words: { ...aside, [begun]: words() }, answers: answers(), when: Date.now() };
    const isEmpty = Object.values(kept.words).every(isBlank) && !kept.answers.some((one) => one.body);
    store((local) => (isEmpty ? local.removeItem(prefix() + tab) : local.setItem(prefix() + tab, JSON.stringify(kept))));
  }
  document.addEventListener("note:changed", () => {
    clearTimeout(timer);
    timer = setTimeout(save, WAIT_MS);
  });
  function restore(kept) {
    if (!form() || !kept?.words) return;
    Object.assign(aside, kept.words);
    const mine = aside[begun];
    if (isBlank(mine) && !isBlank(aside[kept.side])) document.querySelector(`[data-side-set="${kept.side}"]`)?.click();
    else { put(mine); delete aside[begun]; }
    const now = kept.words[begun];
    if (!location.hash && !isBlank(now)) root()?.dispatchEvent(new CustomEvent("player:seek", { detail: { frame: now.frame } }));
    for (const one of kept.answers || []) take(one);
    changed();
  }
  document.addEventListener("htmx:beforeSwap", save);
  document.addEventListener("note:another", () => {
    clearTimeout(timer);
    owner = form().dataset.draft;
    for (const name of Object.keys(aside)) delete aside[name];
    [begun, tab] = [side(), ""];
    settle();
  });

  // a tab has its own words: a copy of a tab gets another name, what a closed one left is taken up
  const talk = "BroadcastChannel" in window ? new BroadcastChannel("notes") : null;
  const heard = new Set();
  if (talk) talk.onmessage = ({ data }) => { if (data.ask === "who") talk.postMessage({ here: tab }); if (data.here) heard.add(data.here); };
  const fresh = () => Math.random().toString(36).slice(2);
  async function settle() {
    let named = null;
    try { named = sessionStorage.getItem("notes:tab"); } catch { /* private */ }
    talk?.postMessage({ ask: "who" });
    await new Promise((done) => setTimeout(done, talk ? ANSWER_MS : 0));
    const mine = !named || heard.has(named) ? fresh() : named;
    try { sessionStorage.setItem("notes:tab", mine); } catch { /* private */ }
    const left = store((local) => Object.keys(local).filter((key) => key.startsWith(prefix()) && !heard.has(key.slice(prefix().length)))) || [];
    const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
    const own = prefix() + mine, found = left.includes(own) ? own : left.sort((a, b) => (read(b)?.when || 0) - (read(a)?.when || 0))[0];
    const kept = found ? read(found) : null, typed = form()?.elements.body.value, was = begun;
    tab = mine;
    if (kept && found !== own) store((local) => local.removeItem(found));
    restore(kept);
    const area = form()?.elements.body; // what was typed meanwhile stands behind it
    if (kept && typed && begun === was && area.value !== typed) area.value = [area.value, typed].filter(Boolean).join("\n");
    form()?.setAttribute("data-started", "");
  }

  document.addEventListener("notes:side", (event) => turn(event.detail.side));
  addEventListener("pagehide", save);
  settle();
})();
