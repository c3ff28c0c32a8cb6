// The draft of the composer. Saves by data-draft-url a moment after "composer:changed" (document), one save after the other, at once when the page
// goes away. The form's draft_version and draft_tab tell the server what this page has seen: 409 is the question whose words to keep,
// which stands in [data-draft-conflict] until it is answered; until then nothing is saved, and a page that goes away leaves its words
// in the prompt history (data-aside-url). What has not reached the server yet waits in the tab's sessionStorage for a reload;
// data-draft-by on the form is the page that wrote the draft last, so that a page knows its own earlier save from another's.
// While the composer itself is asked for (a fix, a remix, another model) nothing is saved: the answer may be the newer draft. A page
// that goes away saves all the same, unless that answer would be a draft of its own.
(function () {
  "use strict";
  const NOTED = 150, WAIT = 800, MOST_WAIT = 5000, SETTLED = 300, AGAIN = [2000, 5000, 15000, 60000]; // ms; the longer the connection is away, the rarer it is tried
  const form = () => document.querySelector("form[data-composer]");
  const place = () => document.querySelector("[data-draft-conflict]");
  const inConflict = () => Boolean(place()?.firstElementChild);
  const OF_THE_PAGE = ["csrfmiddlewaretoken", "idempotency_key", "shown_usd", "draft_version", "draft_tab"]; // new with each page
  let dirty = false, saving = false, asked = 0, replacing = 0, failed = 0, over = false, noting = 0, timer, known = Number(form()?.elements.draft_version.value);

  const key = () => `draft:${location.pathname}`;
  const unsaved = {
    read() { try { return JSON.parse(sessionStorage.getItem(key()) || "null"); } catch { return null; } },
    put(kept) { try { kept ? sessionStorage.setItem(key(), JSON.stringify(kept)) : sessionStorage.removeItem(key()); } catch { /* full or private */ } },
    write(composer) { this.put({ version: composer.elements.draft_version.value, body: values(composer).toString(), outdone }); },
    clear() { this.put(outdone ? { outdone } : null); },
  };
  // the server is asked for a composer that takes the place of this one and is saved there: what stands here is older, and a page that
  // is loaded again before the answer came does not put it over that
  let outdone = false;
  function setOutdone(on) {
    outdone = on;
    const kept = unsaved.read();
    if (on || kept) unsaved.put(on || kept.body ? { ...kept, outdone } : null);
  }

  // a page that is loaded again is the same page: what it saved while it went away is not somebody else's. Where it had asked for another
  // composer it is a new one: that may be saved later than this page was made, and is then not written over unasked
  function keepName() {
    const field = form()?.elements.draft_tab, kept = `${key()}:tab`;
    if (!field) return;
    try {
      const before = sessionStorage.getItem(kept);
      if (before && !unsaved.read()?.outdone && performance.getEntriesByType("navigation")[0]?.type === "reload") field.value = before;
      sessionStorage.setItem(kept, field.value);
    } catch { /* private window */ }
  }
  keepName();

  function values(composer) {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(composer)) if (typeof value === "string" && name !== "csrfmiddlewaretoken") data.append(name, value);
    return data;
  }
  // what goes out while the page goes away may hold 64 KiB; the rest of the time there is no such bound
  const post = (url, body, leaving = true) => fetch(url, { method: "POST", body, headers: { "X-CSRFToken": document.body.dataset.csrf }, keepalive: leaving });

  async function save({ leaving = false, last = false } = {}) {
    clearTimeout(timer);
    const composer = form(), waits = last ? replacing : saving || (leaving ? replacing : asked);
    if (!composer?.dataset.draftUrl || !dirty || waits || over || inConflict()) return;
    saving = true;
    dirty = false;
    try {
      const reply = await post(composer.dataset.draftUrl, values(composer), leaving);
      failed = reply.ok || reply.status === 409 ? 0 : failed + 1;
      if (reply.status === 409) ask(await reply.text());
      else if (reply.ok && !reply.redirected) saved((await reply.json()).version);
      else if (reply.status < 500) over = true; // signed out, or no way in any more: only a fresh page helps
      else dirty = true;
    } catch {
      failed += 1;
      dirty = true; // the connection is away
    }
    saving = false;
    if (dirty) later();
  }
  function saved(version) {
    known = Math.max(known, version);
    form().elements.draft_version.value = String(known);
    if (dirty) unsaved.write(form()); else unsaved.clear();
  }
  function ask(html) {
    const asked = new DOMParser().parseFromString(html, "text/html").querySelector("[data-draft-conflict]");
    place().replaceChildren(...asked.childNodes);
    window.htmx?.process(place());
    dirty = true;
  }
  function later() { clearTimeout(timer); timer = setTimeout(() => save(), failed ? AGAIN[Math.min(failed, AGAIN.length) - 1] : WAIT); }

  // while somebody types the fields are read once for some keys, and when the page goes
  function note() {
    clearTimeout(noting);
    noting = 0;
    if (dirty && form()) unsaved.write(form());
  }
  document.addEventListener("composer:changed", (event) => {
    if (!form()) return;
    dirty = true;
    if (event.detail?.typing) noting ||= setTimeout(note, NOTED); else note();
    later();
  });
  const changed = () => document.dispatchEvent(new CustomEvent("composer:changed"));
  function leave() {
    const composer = form();
    if (!composer || !dirty) return;
    if (noting) note();
    if (inConflict()) post(composer.dataset.asideUrl, values(composer)).catch(() => {});
    else save({ leaving: true, last: true });
  }
  const asksForComposer = (event) => event.detail.target?.id === "composer";
  const saves = (event) => event.detail.requestConfig?.path !== form()?.dataset.chipsUrl;
  document.addEventListener("htmx:beforeSend", (event) => {
    if (!asksForComposer(event)) return;
    asked += 1;
    replacing += saves(event);
    if (saves(event)) setOutdone(true);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!asksForComposer(event)) return;
    asked = Math.max(asked - 1, 0);
    replacing = Math.max(replacing - saves(event), 0);
    setTimeout(heard, SETTLED); // a page that goes away breaks its requests off, and comes no further than here
    if (dirty) later();
  });
  const heard = () => { if (outdone && !replacing) setOutdone(false); };
  document.addEventListener("visibilitychange", () => { if (document.hidden && !inConflict()) save({ leaving: true }); });
  addEventListener("pagehide", leave);
  // the page of the matrix begins with what stands here: it is kept first
  const busy = () => Boolean(form()) && (dirty || saving || asked > 0) && !over && !inConflict();
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("[data-matrix-link]");
    if (!link || !busy() || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    link.setAttribute("aria-busy", "true");
    for (const until = performance.now() + MOST_WAIT; busy() && performance.now() < until;) {
      save();
      await new Promise((done) => setTimeout(done, 40));
    }
    location.assign(link.href);
  });

  // what came back: a composer that the server has saved, or one that is yet to be
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id !== "composer") return;
    const field = form()?.elements.draft_version;
    if (!field) return;
    if (!replacing) outdone = false;
    if (Number(field.value) > known) { // the server has saved it with the answer
      known = Number(field.value);
      clearTimeout(timer);
      dirty = false;
      unsaved.clear();
      if (saving) changed(); // the save that is on its way holds what stood here before, and may come later than this
      if (inConflict()) { place().replaceChildren(); form().elements.prompt.focus(); }
    } else {
      field.value = String(known); // the answer was on its way while something was saved
      changed();
    }
  });

  // what was done last and did not get through before the page was loaded again. The form holds it at once, whatever comes of the
  // answer that shows it: what is typed or dropped meanwhile joins it
  const telling = (data) => [...data].filter(([name, value]) => value && !OF_THE_PAGE.includes(name)).sort().join("\n");
  const MOST_UNHEARD = 2; // saves of a page that it had no answer to: one under way, and one as it went away
  function isMine(composer, kept, body) {
    const since = Number(composer.elements.draft_version.value) - Number(kept.version);
    return !since || (!kept.outdone && composer.dataset.draftBy === body.get("draft_tab") && since > 0 && since <= MOST_UNHEARD);
  }
  function recover() {
    const composer = form(), kept = unsaved.read();
    if (!composer?.elements.prompt || !kept?.body) return unsaved.clear();
    const body = new URLSearchParams(kept.body);
    if (telling(body) === telling(values(composer))) return unsaved.clear();
    if (isMine(composer, kept, body)) return restore(composer, body);
    setAside(composer, kept.body).catch(() => {});
  }
  // it is kept here until the server has it for certain, unless the person has written on meanwhile
  async function setAside(composer, body) {
    const reply = await post(composer.dataset.asideUrl, new URLSearchParams(body));
    if (reply.ok && !reply.redirected && unsaved.read()?.body === body) unsaved.clear();
  }
  function restore(composer, body) {
    for (const name of new Set([...values(composer).keys(), ...body.keys()])) if (!OF_THE_PAGE.includes(name)) fill(composer, name, body.getAll(name));
    changed();
    window.htmx?.ajax("POST", composer.dataset.chipsUrl, { source: composer, target: "#composer", swap: "morph:outerHTML" });
  }
  // a field by a field, in their order; what this composer has no field for goes along unseen until its answer comes
  function fill(composer, name, wanted) {
    const fields = [...composer.elements].filter((field) => field.name === name && field.type !== "file");
    const ticked = fields.filter((field) => ["checkbox", "radio"].includes(field.type));
    for (const field of ticked) field.checked = wanted.includes(field.value);
    const left = wanted.filter((value) => !ticked.some((field) => field.value === value));
    for (const field of fields.filter((one) => !ticked.includes(one))) put(field, left.shift());
    composer.append(...left.map((value) => Object.assign(document.createElement("input"), { type: "hidden", name, value })));
  }
  function put(field, value) {
    if (field.tagName === "SELECT") {
      field.disabled = value === undefined;
      if (value !== undefined && ![...field.options].some((option) => option.value === value)) field.add(new Option("", value));
    } else if (value !== undefined) field.disabled = false; // a prompt that the other model does not take
    field.value = value ?? "";
    field.closest("[data-slot]")?.classList.toggle("filled", Boolean(field.closest("[data-slot]").querySelector("input[type=hidden]").value));
  }
  recover();
})();
