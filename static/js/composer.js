// The composer. Contract:
//   form#composer[data-composer][data-quote-url][data-draft-url][data-upload-url]
//     textarea[name=prompt]
//     named controls: model, mode, duration_s, aspect_ratio, resolution, generate_audio, seed, negative_prompt, count
//     [data-slot="first_frame"] with a hidden input name="first_frame" that holds the asset's id, and a file input that
//       posts with the form when scripts are off
//     a slot's fixes are htmx buttons that swap the composer; their dialog is static/js/fix.js
//     [data-slot="reference_image"][data-most="9"]: as many as are filled and an open one; their order in the page counts
//     button[data-generate] with [data-generate-words] and [data-price] inside; [data-price-basis] and [data-price-left] beside
//     [data-step="-1"|"1"] beside input[name=count]; a <select data-reloads> asks the server for new chips by hx-get
// What it asks the server (all with the CSRF token):
//   POST chips-url, the form            -> the composer again, for another model or other inputs (asked after a slot changed)
//   POST quote-url, the form            -> {"amount": "$3.02"|null|"" (none yet), "shown": "3.02"|"unknown"|"", "basis": "Quoted", "left": "$21.98 left today", "near": "$18 of $20 used this month" once people are warned, "words": "…", "why": "…", "closed": true where a limit has no room, and "more_url" where more of it is asked for}
// Every change is told as "composer:changed" on document; drafts.js keeps the draft.
//   POST put-url, slot + asset + model -> as an upload answers; for large files, which upload.js sends
//   POST upload-url, file + slot + model -> 200 {"id", "thumb_url", "label", "light": "fits"|"fix"|"no", "why"} or 4xx {"error": "…"};
//                                          or text/html: the slot element itself, put in place of the old one
// The order of references and the menu of a slot: static/js/arrange.js.
// Inputs by link: static/js/links.js, which sends slot:begin {name}, slot:put {reply} and slot:fail {words, name} to a slot.
// Without this script the form posts as it stands: selects, number field, file inputs (<slot>_file) and button all work.
(function () {
  "use strict";
  const form = () => document.querySelector("form[data-composer]");
  const token = () => document.body.dataset.csrf;
  const isLaying = () => Boolean(document.querySelector("[data-generate][data-laying]")); // see laying.js
  const later = (wait, job) => { let timer; return () => { clearTimeout(timer); timer = setTimeout(job, wait); }; };

  // what is sent for a quote or a draft: values only, no files
  function values(element) {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(element)) if (typeof value === "string" && name !== "csrfmiddlewaretoken") data.append(name, value);
    return data;
  }
  const post = (url, body, extra = {}) => fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token(), Accept: "application/json" }, ...extra });

  // --- the prompt grows where CSS field-sizing cannot ---------------------------------------------
  const grows = !CSS.supports("field-sizing", "content");
  function grow(area) {
    if (!grows || !area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }

  // --- price ----------------------------------------------------------------------------------------
  let quoting, quotedAt = 0;
  async function quote() {
    const composer = form();
    if (!composer?.dataset.quoteUrl || isLaying()) return; // asked once that composer is there
    quoting?.abort();
    quoting = new AbortController();
    const button = composer.querySelector("[data-generate]");
    button.classList.add("pending");
    try {
      const reply = await post(composer.dataset.quoteUrl, values(composer), { signal: quoting.signal });
      if (!reply.ok) throw new Error(String(reply.status));
      show(composer, await reply.json());
      quotedAt = Date.now();
      isBack();
    } catch (error) {
      if (error.name === "AbortError") return;
      show(composer, { amount: "", basis: "", shown: "" }); // no price was seen: nothing is agreed to
      if (!/^4/.test(error.message)) askAgain();
    }
    button.classList.remove("pending");
  }
  function show(composer, price) {
    if (isLaying()) return;
    const write = (name, text) => { const element = composer.querySelector(`[${name}]`); if (element) element.textContent = text || ""; };
    write("data-price", price.amount ?? composer.dataset.sayUnknown);
    write("data-price-basis", price.basis);
    write("data-price-left", price.left);
    write("data-price-near", price.near);
    const said = [...composer.querySelectorAll("#composer-notes .error")].map((element) => element.textContent).join(" ");
    write("data-price-why", price.why && !said.includes(price.why) ? price.why : "");
    const more = composer.querySelector("[data-price-more]"); // beside the words of a limit
    if (more) { more.hidden = !price.more_url || said.includes(price.why); more.querySelector("a").href = price.more_url || ""; }
    // what the person saw goes back with the form: a higher price is never taken unseen
    if (composer.elements.shown_usd) composer.elements.shown_usd.value = price.shown ?? "";
    const button = composer.querySelector("[data-generate]");
    button.title = price.words || "";
    close(button, price.closed ? price.why : "");
  }
  // a limit has no room: the button says so and does nothing, and opens by itself once there is room
  let closed = "";
  function close(button, why) {
    closed = why;
    if (why || isLaying()) button.setAttribute("aria-disabled", "true"); else button.removeAttribute("aria-disabled");
  }
  document.addEventListener("submit", (event) => {
    const by = event.submitter;
    if (!closed || !event.target.matches("[data-composer]") || (by && !by.matches("[data-generate], [data-default]"))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    toast(closed);
    if (!form().querySelector("[data-generate].pending")) quote(); // one that runs will tell
  }, true);
  document.addEventListener("studio:swapped", () => { if (closed) quoteSoon(); });
  const quoteSoon = later(350, quote);
  // a price is at most a minute old as long as its page is looked at
  const LASTS = 60000, LOOKS = 5000, CLOSED = 15000;
  const renew = () => { if (quotedAt && Date.now() - quotedAt > (closed ? CLOSED : LASTS) && !document.hidden && form() && !paying) { quotedAt = Date.now(); quote(); } };
  setInterval(renew, LOOKS);
  document.addEventListener("visibilitychange", renew);
  // the connection broke, or the studio is being started again: the price comes by itself once it is back
  const ASK_AGAIN = 4000;
  let lost = false;
  const askLater = later(ASK_AGAIN, () => (document.hidden ? askLater() : quote()));
  function askAgain() { lost = true; askLater(); }
  function isBack() { if (lost) document.dispatchEvent(new CustomEvent("live:refresh")); lost = false; }
  // a click that did not get through: what was agreed to then is asked about now, since the price may have moved
  document.addEventListener("htmx:sendError", (event) => { if (event.detail.elt.matches?.("form[data-composer]")) quote(); });

  function count(composer, change) {
    const field = composer.elements.count;
    if (!field) return;
    const most = Number(field.max) || 8, least = Number(field.min) || 1;
    const now = Math.min(Math.max((parseInt(field.value, 10) || 1) + change, least), most);
    if (change || field.value !== String(now)) field.value = String(now);
    const [less, more] = composer.querySelectorAll("[data-step]");
    if (less) less.disabled = now <= least;
    if (more) more.disabled = now >= most;
    const words = composer.querySelector("[data-generate-words]");
    if (words && !isLaying()) words.textContent = now > 1 ? `${composer.dataset.sayOne} ${now}` : composer.dataset.sayOne;
  }

  // --- draft ----------------------------------------------------------------------------------------
  const keep = () => document.dispatchEvent(new CustomEvent("composer:changed")); // see drafts.js

  // --- slots: drop, paste, pick ---------------------------------------------------------------------
  function put(slot, reply) {
    slot.classList.add("filled");
    slot.classList.remove("busy");
    slot.querySelector(`input[type=hidden]`).value = reply.id;
    picture(slot, reply.thumb_url);
    const name = slot.querySelector("[data-slot-name]");
    if (name) { name.textContent = reply.why || reply.label || slot.dataset.label; name.className = reply.why ? `why ${reply.light || ""}` : ""; name.title = reply.label || ""; }
    slot.querySelector("[data-slot-remove]")?.removeAttribute("hidden");
    touched();
    settle();
  }
  // an answer that was asked for before the latest file came or went is out of date: it would undo that
  let edition = 0, asked = 0;
  const touched = () => { edition += 1; keep(); };
  const asksForComposer = (event) => event.detail.requestConfig?.path === form()?.dataset.chipsUrl;
  document.addEventListener("htmx:beforeRequest", (event) => { if (asksForComposer(event)) asked = edition; });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!asksForComposer(event) || asked === edition) return;
    event.detail.shouldSwap = false;
    setTimeout(settle);
  });
  // the click that costs money is never broken off (a choice replaces the request before it): what asks for the composer meanwhile
  // is asked again after its answer
  let paying = false, next = null;
  const isPaid = (event) => event.detail.elt.matches?.("form[data-composer]") && event.detail.requestConfig?.path === form()?.getAttribute("action");
  document.addEventListener("htmx:beforeRequest", (event) => { if (isPaid(event)) paying = true; });
  document.addEventListener("htmx:confirm", (event) => {
    if (!paying || event.detail.target?.id !== "composer") return;
    event.preventDefault();
    const field = event.detail.elt, { id, value } = field;
    next = field.matches("select, input") ? () => again(id, value) : refit;
  });
  function again(id, value) {
    const field = document.getElementById(id);
    if (!field) return;
    if (field.type === "radio") field.checked = true; else field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isPaid(event)) return;
    paying = false;
    const job = next;
    next = null;
    if (job) setTimeout(job, 60); // once the answer stands
  });
  // several files are on their way at once: the composer is asked for anew when the last is there
  let unsettled = false;
  function settle(added = true) {
    unsettled ||= added;
    if (!unsettled || document.querySelector(".slot.busy")) return;
    unsettled = false;
    refit();
  }
  function picture(slot, url) {
    const well = slot.querySelector(".well");
    well.querySelectorAll("img").forEach((old) => { if (old.src.startsWith("blob:")) URL.revokeObjectURL(old.src); old.remove(); });
    const glyph = well.querySelector(".icon");
    glyph?.toggleAttribute("hidden", Boolean(url));
    if (!url) return;
    const image = document.createElement("img");
    image.alt = "";
    image.src = url;
    well.prepend(image);
  }
  // a failed upload is said once, full width below the slots; the mark at its slot outlives a fresh composer
  const failures = new Map(); // slot id -> sentence
  function fail(slot, words, file) {
    slot.classList.remove("busy");
    const stays = Boolean(slot.querySelector("input[type=hidden]").value);
    if (!stays) slot.classList.remove("filled");
    picture(slot, stays ? slot.dataset.before || "" : "");
    const say = form().dataset;
    failures.set(slot.id, [`${[slot.dataset.label, file.name].filter(Boolean).join(", ")}: ${words}`, stays ? say.sayStays : ""].join(" ").trim());
    showFailures();
    settle(false);
  }
  function forget(slot) {
    failures.delete(slot.id);
    slot.classList.remove("failed");
    slot.querySelector(".light[data-failed]")?.remove();
    showFailures();
  }
  function showFailures() {
    const composer = form(), place = composer?.querySelector("[data-slot-errors]");
    if (!place) return;
    place.replaceChildren();
    for (const [id, words] of failures) {
      const slot = document.getElementById(id);
      if (!slot) { failures.delete(id); continue; }
      const line = composer.querySelector("template[data-slot-error]").content.firstElementChild.cloneNode(true);
      line.lastElementChild.textContent = words;
      place.append(line);
      markFailed(composer, slot, words);
    }
  }
  function markFailed(composer, slot, words) {
    slot.classList.add("failed");
    slot.querySelector(".light")?.remove();
    const light = composer.querySelector("template[data-slot-light]").content.firstElementChild.cloneNode(true);
    light.dataset.failed = "";
    slot.querySelector(".well").after(light);
    const name = slot.querySelector("[data-slot-name]");
    if (name) { name.textContent = composer.dataset.sayFailed; name.className = "why error"; name.title = words; }
  }
  const toast = (text) => document.dispatchEvent(new CustomEvent("studio:toast", { detail: { text, level: "error" } }));
  // of two files on their way to one slot the later one counts, and none that was taken out meanwhile
  const tickets = new Map(); // slot id -> the latest: its slot and the file's name
  // a slot whose file is on its way; gives its bar
  function begin(slot, name) {
    tickets.set(slot.id, { slot, name });
    if (isMany(slot)) addOpen(slot);
    forget(slot);
    slot.dataset.before = slot.querySelector("input[type=hidden]").value ? slot.querySelector(".well img")?.getAttribute("src") || "" : "";
    slot.querySelector(".light")?.remove();
    slot.classList.add("filled", "busy");
    touched();
    const bar = slot.querySelector("progress") || document.createElement("progress");
    bar.className = "bar";
    bar.max = 100;
    bar.setAttribute("aria-label", name);
    slot.append(bar);
    return bar;
  }
  const isAwaited = (slot) => slot.classList.contains("busy");
  const here = (slot) => (slot.isConnected ? slot : openSlot(slot.dataset.slot) || slot);
  // another model came meanwhile: of a row that is shorter now the slot goes on at its end, as long as there is room; a file that
  // has no place any more is told. What belongs to a slot before it has no place by itself.
  const FOLLOWERS = ["element_reference", "reference_voice"];
  function keepAwaited() {
    for (const [id, { slot, name }] of tickets) {
      if (!isAwaited(slot) || document.getElementById(id)) continue;
      const row = slotsOf(slot.dataset.slot), last = row.at(-1);
      if (last && !FOLLOWERS.includes(slot.dataset.slot) && row.length < Number(last.dataset.most)) { last.after(slot); continue; }
      tickets.delete(id);
      slot.classList.remove("busy");
      toast(`${name}: ${form().dataset.sayNoPlace}`);
    }
  }
  document.addEventListener("slot:begin", (event) => begin(event.target, event.detail.name));
  document.addEventListener("slot:put", (event) => { if (!isAwaited(event.target)) return; event.target.querySelector("progress")?.remove(); put(event.target, event.detail.reply); });
  document.addEventListener("slot:fail", (event) => { if (!isAwaited(event.target)) return; event.target.querySelector("progress")?.remove(); fail(event.target, event.detail.words, event.detail); });
  // another order of the same files (arrange.js): the sentences stay with their slots, the numbers come from the server
  document.addEventListener("slot:moved", (event) => {
    const said = [...failures].map(([id, words]) => [event.detail.ids.get(id) || id, words]);
    failures.clear();
    for (const [id, words] of said) failures.set(id, words);
    touched();
    settle();
  });
  function upload(slot, file) {
    const composer = form();
    if (!composer?.dataset.uploadUrl) return;
    const bar = begin(slot, file.name), mine = tickets.get(slot.id), isLate = () => tickets.get(slot.id) !== mine;
    if (file.type.startsWith("image/")) picture(slot, URL.createObjectURL(file));
    if (file.size > IN_PARTS && window.Studio?.upload) { uploadInParts(slot, file, bar, isLate); return; }
    const body = new FormData();
    body.append("slot", slot.dataset.slot);
    if (composer.elements.model) body.append("model", composer.elements.model.value);
    body.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", composer.dataset.uploadUrl);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Accept", "application/json, text/html;q=0.9");
    request.upload.onprogress = (event) => { if (isLate()) request.abort(); else if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100; };
    request.onerror = () => { if (isLate()) return; bar.remove(); fail(slot, composer.dataset.sayTooBig, file); };
    request.onload = () => {
      if (isLate()) return;
      bar.remove();
      const isHtml = (request.getResponseHeader("Content-Type") || "").includes("html");
      let reply = {};
      if (!isHtml) { try { reply = JSON.parse(request.responseText); } catch { reply = {}; } }
      if (request.status >= 300) return fail(slot, reply.error || reply.detail || composer.dataset.sayTooBig, file);
      if (!isHtml) return put(here(slot), reply);
      const fresh = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("[data-slot]");
      if (!fresh) return fail(slot, composer.dataset.sayTooBig, file);
      slot.replaceWith(fresh);
      window.htmx?.process(fresh);
      changed();
    };
    request.send(body);
  }
  // a large file goes in parts and on after a lost connection (upload.js); then it is put into the slot like a picked one
  const IN_PARTS = 8e6;
  async function uploadInParts(slot, file, bar, isLate) {
    const composer = form().dataset;
    try {
      const { asset } = await window.Studio.upload(file, { project: composer.project, progress: (done, all) => { if (!isLate()) bar.value = (done / all) * 100; } });
      if (isLate()) return;
      const data = new URLSearchParams({ slot: slot.dataset.slot, asset, model: form().elements.model?.value || "" });
      const reply = await post(composer.putUrl, data);
      const said = await reply.json().catch(() => ({}));
      if (isLate()) return;
      if (!reply.ok) throw new Error(said.error || "");
      bar.remove();
      put(here(slot), said);
    } catch (error) {
      if (isLate()) return;
      bar.remove();
      fail(slot, (!(error instanceof TypeError) && error.message) || composer.sayTooBig, file);
    }
  }
  const fits = (slot, file) => {
    const accept = slot.querySelector("input[type=file]")?.accept || "";
    return !accept || accept.split(",").some((kind) => { const k = kind.trim(); return k === file.type || (k.startsWith(".") && file.name.toLowerCase().endsWith(k)) || (k.endsWith("/*") && file.type.startsWith(k.slice(0, -1))); });
  };
  // slots that share a name: references. One stands open until there are as many as the model takes
  const isMany = (slot) => "most" in slot.dataset;
  const isTaken = (slot) => Boolean(slot.querySelector("input[type=hidden]").value) || slot.classList.contains("busy");
  const slotsOf = (name) => [...document.querySelectorAll(`[data-slot="${name}"]`)];
  const openSlot = (name) => slotsOf(name).find((slot) => !isTaken(slot));
  function addOpen(slot) {
    const row = slotsOf(slot.dataset.slot);
    if (isTaken(slot) || row.length >= Number(slot.dataset.most) || row.some((other) => other !== slot && !isTaken(other))) return;
    const next = slot.cloneNode(true);
    next.id = `slot-${slot.dataset.slot}-${row.length}`;
    const name = next.querySelector("[data-slot-name]");
    if (name) { name.textContent = next.dataset.label; name.className = ""; }
    slot.after(next);
  }
  // files dropped on no slot go to the slots of their kind: they join the references that are there, or become
  // some when the single slots cannot hold them
  const KINDS = [["document", /\.(pdf|txt|md)$/i, ""], ["clip", /\.(mp4|mov|webm)$/i, "video/"], ["sound", /\.(mp3|wav|m4a)$/i, "audio/"]];
  // by its type, where the browser told one, else by its name
  function kindOf(name, type = "") {
    const by = ([kind, names, types]) => (type && kind !== "document" ? type.startsWith(types) : names.test(name));
    return KINDS.find(by)?.[0] || "image";
  }
  window.Studio = { ...window.Studio, kindOf }; // for links.js
  function rowFor(files, wanted, kind) {
    if (wanted && isMany(wanted)) return slotsOf(wanted.dataset.slot);
    const all = [...document.querySelectorAll(`[data-slot][data-kind="${kind}"]`)];
    const first = all.find(isMany), many = first ? slotsOf(first.dataset.slot) : [];
    const single = all.filter((slot) => !isMany(slot));
    if (wanted) return single;
    const free = single.filter((slot) => !isTaken(slot)).length;
    return many.some(isTaken) || (many.length && free === single.length && files.length > free) ? many : single;
  }
  function offer(files, wanted) {
    if (wanted) return place(files, wanted, wanted.dataset.kind);
    for (const kind of ["image", "clip", "sound", "document"]) place(files.filter((file) => kindOf(file.name, file.type) === kind), null, kind);
  }
  const leftOut = (files) => form().dataset.sayLeft.replace("{names}", files.map((file) => file.name).join(", "));
  function place(files, wanted, kind) {
    if (!files.length) return;
    const row = rowFor(files, wanted, kind), name = row.some(isMany) ? row[0].dataset.slot : "";
    if (!row.length) return toast(form().dataset.sayNoPlace);
    for (const [at, file] of files.entries()) {
      const open = name ? slotsOf(name) : row;
      const free = open.filter((candidate) => !isTaken(candidate));
      // of a type that no slot takes: the server says so at the slot
      const slot = wanted && fits(wanted, file) ? wanted : free.find((candidate) => fits(candidate, file)) || wanted || free[0];
      if (!slot) return toast(name ? `${open[0].dataset.sayFull}. ${leftOut(files.slice(at))}` : form().dataset.sayTaken);
      upload(slot, file);
      wanted = null;
    }
  }

  // what was refused is being changed: the old sentence says nothing about what stands there now
  function outdate(composer, field) {
    composer.querySelectorAll("#composer-notes .error").forEach((line) => line.remove());
    field.removeAttribute("aria-invalid");
  }
  // the price that closed the button was another request's
  const reopen = () => { if (closed) close(form().querySelector("[data-generate]"), ""); };
  const changed = () => { keep(); reopen(); quoteSoon(); };
  function countMore(composer) {
    const told = composer.querySelector("[data-more-set]");
    if (told) told.textContent = [...composer.querySelectorAll("#composer-more [name]")].filter((field) => field.value.trim()).length || "";
  }
  // other inputs, another mode: the chips, the lights and the offer of a sibling model follow from them
  function refit() {
    const composer = form();
    keep();
    if (!composer?.dataset.chipsUrl || !window.htmx) return quoteSoon();
    htmx.ajax("POST", composer.dataset.chipsUrl, { source: composer, target: "#composer", swap: "morph:outerHTML" });
  }

  document.addEventListener("input", (event) => {
    const composer = event.target.closest?.("form[data-composer]");
    if (!composer || event.target.type === "file") return;
    outdate(composer, event.target);
    if (event.target.name === "prompt") { edition += 1; grow(event.target); keep(); return; } // an answer with the older words is out of date
    if (event.target.name === "count") count(composer, 0);
    if (event.target.closest("#composer-more")) countMore(composer);
    changed();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.closest?.("form[data-composer]")) return;
    const slot = event.target.type === "file" && event.target.closest("[data-slot]");
    const files = slot ? [...event.target.files] : [];
    if (slot) event.target.value = ""; // they go up by themselves; left here they would go again with the form
    if (files.length) offer(files, slot);
    if (event.target.name === "prompt") quoteSoon(); // some gateways price the words too
  });
  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (step?.form?.matches("[data-composer]")) { count(step.form, Number(step.dataset.step)); changed(); }
    const remove = event.target.closest("[data-slot-remove]");
    if (remove) {
      const slot = remove.closest("[data-slot]");
      slot.querySelector("input[type=hidden]").value = "";
      tickets.delete(slot.id);
      slot.querySelector("progress")?.remove();
      forget(slot);
      slot.classList.remove("filled", "busy");
      slot.querySelector(".light")?.remove();
      picture(slot, "");
      const name = slot.querySelector("[data-slot-name]");
      if (name) { name.textContent = slot.dataset.label; name.className = ""; }
      remove.hidden = true;
      slot.querySelector("input[type=file]")?.focus();
      touched();
      settle();
    }
  });
  for (const name of ["dragover", "dragenter"]) {
    document.addEventListener(name, (event) => {
      if (!form() || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      document.querySelectorAll(".slot.over").forEach((slot) => slot.classList.remove("over"));
      event.target.closest?.("[data-slot]")?.classList.add("over");
    });
  }
  document.addEventListener("drop", (event) => {
    if (!form() || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    document.querySelectorAll(".slot.over").forEach((slot) => slot.classList.remove("over"));
    offer([...event.dataTransfer.files], event.target.closest?.("[data-slot]"));
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files || [])];
    if (!files.length || !form()) return;
    event.preventDefault();
    offer(files, event.target.closest?.("[data-slot]"));
  });
  studioKeys.on("generate", (event) => {
    const composer = form(), button = composer?.querySelector("[data-generate]");
    // also from the page itself, where the focus is after a file was dropped; never from another form
    const elsewhere = event.target.closest?.("form, input, textarea, select");
    if (!composer || (elsewhere && !composer.contains(event.target))) return false;
    if (!button.disabled) composer.requestSubmit(button);
  });
  studioKeys.on("prompt", () => { if (!form()) return false; form().elements.prompt.focus(); });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-composer]")) return;
    if (!event.target.querySelector(".slot.busy")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    document.dispatchEvent(new CustomEvent("studio:toast", { detail: { text: event.target.dataset.sayBusy, level: "error" } }));
  }, true);

  function start() {
    const composer = form();
    if (!composer || composer.dataset.started) return;
    composer.dataset.started = "1";
    grow(composer.elements.prompt);
    count(composer, 0);
    // the page knows a sandbox's price; of others it knows no fresh quote, and of none whether a limit has room
    if (composer.elements.shown_usd?.value !== "0") quote(); else quoteSoon();
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.elt.matches?.("form[data-composer]")) {
      failures.clear();
    }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "composer-chips" || event.detail.target?.matches?.("[data-slot]")) changed();
    const composer = form();
    if (composer && event.detail.target?.id === "composer") { delete composer.dataset.started; count(composer, 0); reopen(); quoteSoon(); keepAwaited(); showFailures(); }
    start();
  });
  // after htmx has heard of the form, which it does once the document is there
  if (document.readyState === "complete") start(); else document.addEventListener("DOMContentLoaded", start);
})();
