// Files of the library, or takes made here, for a slot. Contract: dialog[data-pick-dialog][data-url][data-put] with [data-pick-search], [data-pick-body],
//   [data-pick-add]; [data-pick] in a slot opens it for that slot.
//   GET url?slot=…&q=…&before=…&from=… -> _pick.html: buttons [data-pick-asset="id"] ("take:id" is the clip of a take), [data-pick-take="id"]
//     that asks for a picture first, and [data-pick-more="id"] for the next; [data-pick-from] says whether files or takes are shown
//   GET url?slot=…&take=id             -> _pick_frames.html: [data-pick-frames] with a video and [data-pick-part="first|at|last"]
//   POST put, slot + asset (or take, part, at_s) + model -> as an upload answers; told to the slot by slot:begin, slot:put, slot:fail (slots.js)
// A single slot takes a file at once; a row marks several and adds them in that order. Arrows move, Enter or Space takes, letters search.
(function () {
  "use strict";
  const dialog = document.querySelector("dialog[data-pick-dialog]");
  if (!dialog) return;
  document.documentElement.dataset.pickOn = "";
  const find = (what) => dialog.querySelector(what);
  const body = find("[data-pick-body]"), search = find("[data-pick-search]"), add = find("[data-pick-add]");
  const form = () => document.querySelector("form[data-composer]");
  const toast = (text) => document.dispatchEvent(new CustomEvent("studio:toast", { detail: { text, level: "error" } }));
  const tell = (slot, name, detail) => slot.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  let from = "", kept = "", wanted, chosen = []; // the slot's element id and name; [{id, name}] in the order of marking

  const slotNow = () => document.getElementById(wanted.id) || document.querySelector(`[data-slot="${wanted.slot}"]`);
  const isFree = (slot) => !slot.querySelector("input[type=hidden]").value && !slot.classList.contains("busy");
  const free = () => [...document.querySelectorAll(`[data-slot="${wanted.slot}"]`)].filter(isFree);
  const taken = () => document.querySelectorAll(`[data-slot="${wanted.slot}"]`).length - free().length;
  const most = () => (wanted.many ? Math.max(wanted.most - taken(), 1) : 1);

  let asking, typed;
  async function load(before = "", more = {}) {
    clearTimeout(typed); // what was chosen from the list is not taken away by a search that comes late
    asking?.abort();
    asking = new AbortController();
    const query = new URLSearchParams({ slot: wanted.slot, q: search.value.trim(), before, from, ...more });
    try {
      const reply = await fetch(`${dialog.dataset.url}?${query}`, { signal: asking.signal, headers: { "HX-Request": "true" } });
      if (!reply.ok) throw new Error(String(reply.status));
      const html = await reply.text();
      const next = body.querySelector("[data-pick-more]");
      if (before && next) { next.insertAdjacentHTML("beforebegin", html); next.remove(); } else body.innerHTML = html;
      draw();
      frames();
    } catch (error) {
      if (error.name !== "AbortError") toast(dialog.dataset.sayFailed);
    }
  }
  function draw() {
    for (const button of body.querySelectorAll("[data-pick-asset]")) button.setAttribute("aria-pressed", String(chosen.some((one) => one.id === button.dataset.pickAsset)));
    add.hidden = !wanted.many;
    add.disabled = !chosen.length;
    add.textContent = dialog.dataset.sayAdd.replace("{n}", chosen.length || "").trim();
  }
  // files or takes: the search goes on in the other
  function source(name) {
    from = name;
    for (const button of dialog.querySelectorAll("[data-pick-from]")) button.setAttribute("aria-pressed", String(button.dataset.pickFrom === from));
    search.placeholder = from ? search.dataset.sayTakes : search.dataset.sayFiles;
  }
  // the pictures of one take: the moment that the video shows stands on its button
  function frames() {
    const box = body.querySelector("[data-pick-frames]"), video = box?.querySelector("video");
    find(".picktop").hidden = Boolean(box);
    if (!box) return;
    const told = box.querySelector("[data-pick-at]"), tell = () => { told.textContent = `${video.currentTime.toFixed(1)} s`; };
    for (const name of ["timeupdate", "seeked"]) video.addEventListener(name, tell);
    box.querySelector("[data-pick-part=at]").focus();
  }
  function takeFrame(button) {
    const box = button.closest("[data-pick-frames]"), part = button.dataset.pickPart;
    const at = part === "at" ? { at_s: String(Math.min(box.querySelector("video").currentTime, 86400)) } : {};
    put([{ name: box.dataset.name, sends: { take: box.dataset.pickFrames, part, ...at } }]);
  }
  function open(button) {
    const slot = button.closest("[data-slot]");
    wanted = { id: slot.id, slot: slot.dataset.slot, many: "most" in slot.dataset && isFree(slot), most: Number(slot.dataset.most || 1) };
    chosen = [];
    const isSeen = ["image", "clip"].includes(slot.dataset.kind); // a take gives no sound and no document
    find("[data-pick-from='takes']").parentElement.hidden = !isSeen;
    source(isSeen ? kept : "");
    find(".picktop").hidden = false;
    search.value = "";
    body.replaceChildren();
    find("#pick-title").textContent = dialog.dataset.sayTitle.replace("{slot}", [slot.dataset.label, slot.dataset.of && `(${slot.dataset.of})`].filter(Boolean).join(" "));
    draw();
    dialog.showModal();
    search.focus();
    load();
  }
  function take(button) {
    const one = { id: button.dataset.pickAsset, name: button.dataset.name };
    if (!wanted.many) return put([one]);
    const at = chosen.findIndex((other) => other.id === one.id);
    if (at >= 0) chosen.splice(at, 1);
    else if (chosen.length >= most()) toast(dialog.dataset.sayMost.replace("{n}", most()));
    else chosen.push(one);
    draw();
  }
  function put(files) {
    dialog.close();
    let slot = slotNow();
    for (const file of files) {
      if (!slot) return;
      bring(slot, file);
      slot = free()[0]; // slot:begin has opened the next of the row
    }
  }
  async function bring(slot, file) {
    const id = slot.id, now = () => (slot.isConnected ? slot : document.getElementById(id) || slot);
    tell(slot, "slot:begin", { name: file.name });
    const clip = file.id?.startsWith("take:") && { take: file.id.slice(5), part: "clip" };
    const data = new URLSearchParams({ slot: slot.dataset.slot, ...(file.sends || clip || { asset: file.id }), model: form().elements.model?.value || "" });
    try {
      const reply = await fetch(dialog.dataset.put, { method: "POST", body: data, headers: { "X-CSRFToken": document.body.dataset.csrf, Accept: "application/json" } });
      const said = await reply.json().catch(() => ({}));
      if (!reply.ok) throw new Error(said.error || "");
      tell(now(), "slot:put", { reply: said });
    } catch (error) {
      tell(now(), "slot:fail", { words: (!(error instanceof TypeError) && error.message) || dialog.dataset.sayFailed, name: file.name });
    }
  }

  search.addEventListener("input", () => { clearTimeout(typed); typed = setTimeout(load, 250); });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-pick]");
    if (opener) { event.preventDefault(); open(opener); }
  });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick-asset]"), more = event.target.closest("[data-pick-more]");
    if (button) take(button);
    if (more) load(more.dataset.pickMore);
    if (event.target.closest("[data-pick-add]")) put(chosen);
    const side = event.target.closest("[data-pick-from]"), one = event.target.closest("[data-pick-take]"), part = event.target.closest("[data-pick-part]");
    if (side && side.dataset.pickFrom !== from) { source(kept = side.dataset.pickFrom); body.replaceChildren(); load(); }
    if (one) load("", { take: one.dataset.pickTake });
    if (part) takeFrame(part);
    if (event.target.closest("[data-pick-back]")) load().then(() => search.focus());
  });
  const ONE = "[data-pick-asset], [data-pick-take]";
  // the grid under the arrows: as many to a row as stand at one height
  function move(key) {
    const all = [...body.querySelectorAll(ONE)], at = all.indexOf(document.activeElement);
    if (!all.length) return;
    if (at < 0) return all[0].focus();
    const box = (element) => element.getBoundingClientRect(), here = box(all[at]);
    const rows = (way) => all.filter((other) => (box(other).top - here.top) * way > 4);
    const near = (others) => others.sort((a, b) => Math.abs(box(a).top - here.top) - Math.abs(box(b).top - here.top) || Math.abs(box(a).left - here.left) - Math.abs(box(b).left - here.left))[0];
    const to = { ArrowRight: all[at + 1], ArrowLeft: all[at - 1], ArrowDown: near(rows(1)), ArrowUp: near(rows(-1)), Home: all[0], End: all.at(-1) }[key];
    if (to) to.focus();
    else if (key === "ArrowUp") search.focus();
  }
  dialog.addEventListener("keydown", (event) => {
    const inSearch = event.target === search;
    if (body.querySelector("[data-pick-frames]")) return; // the video has keys of its own
    if (inSearch && event.key === "Enter") { event.preventDefault(); body.querySelector(ONE)?.click(); }
    else if (event.key === "ArrowDown" || (!inSearch && /^(Arrow|Home$|End$)/.test(event.key))) { event.preventDefault(); move(event.key); }
    else if (!inSearch && event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) search.focus();
  });
  dialog.addEventListener("close", () => {
    asking?.abort();
    [...(slotNow()?.querySelectorAll("[data-pick], [data-slot-more]") || [])].find((button) => button.getClientRects().length)?.focus();
  });
})();
