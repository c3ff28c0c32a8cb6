// The order of inputs of which there are several, and the one menu of all filled slots. Contract (templates/generations/_slot.html, _slot_menu.html):
//   [data-slot][draggable] may be moved among its kind: dragged, by the keys slot-earlier and slot-later while the focus is in it, or from
//     its menu. An element takes its views along, a reference its voice; a view stays with its element.
//   [data-slot-more] in a slot opens #slot-menu for it; [data-slot-act] says what an item does. By touch a tap on the slot opens it too, an
//     empty one's with what can be put in. An item named like a kind of reference makes the picture one of that kind.
//   [data-slot-of] and [data-slot-why] in it say which file it is and what is in its way (data-why of the slot).
//   [data-slot-said] hears what was moved where; data-say-moved, data-say-busy on the menu.
// Names in the prompt belong to files; what the gateway calls one (<Image 1>), typed by hand, follows its file. Told to slots.js by
// slot:moved, which asks the server for the new numbers and lights; Ctrl+Z takes a move back in one step.
(function () {
  "use strict";
  const ELEMENT = "element", VIEW = "element_reference", VOICE = "reference_voice";
  const FOLLOWS = { [ELEMENT]: VIEW, reference_image: VOICE, reference_video: VOICE };
  const FOLLOWERS = Object.values(FOLLOWS); // they have no number of their own
  // kinds that a reference picture can be turned into; in a prompt they are numbered together
  const PICTURES = ["reference_image", "reference_background"];
  const countedAs = (slot) => (PICTURES.includes(slot.dataset.slot) ? PICTURES[0] : slot.dataset.slot);
  const menu = () => document.getElementById("slot-menu");
  const slots = () => [...document.querySelectorAll("#composer [data-slot]")];
  const isFilled = (slot) => Boolean(slot.querySelector("input[type=hidden]").value);
  const canMove = (slot) => Boolean(slot?.draggable) && isFilled(slot);

  // --- what moves, and among what: each block is a slot, an element with its views, a reference with its voice ---
  function blocksOf(slot) {
    const name = slot.dataset.slot, all = slots();
    if (name === VIEW) {
      const start = all.slice(0, all.indexOf(slot)).findLastIndex((one) => one.dataset.slot === ELEMENT);
      const end = all.findIndex((one, at) => at > start && one.dataset.slot !== VIEW);
      return all.slice(start + 1, end < 0 ? undefined : end).filter(isFilled).map((one) => [one]);
    }
    const mine = all.filter((one) => one.dataset.slot === name && isFilled(one));
    return mine.map((one) => {
      const after = all.slice(all.indexOf(one) + 1), end = after.findIndex((other) => other.dataset.slot !== FOLLOWS[name]);
      return [one, ...after.slice(0, end < 0 ? undefined : end)];
    });
  }
  const placeOf = (slot) => blocksOf(slot).findIndex((block) => block.includes(slot));

  // --- tags that were typed by hand follow their files ----------------------------------------------------
  // the list behind @ names the filled slots in their order; a role counts its files by itself
  function tagsBySlot() {
    const filled = slots().filter(isFilled), named = [...document.querySelectorAll("#mention-list [data-name]")].slice(0, filled.length);
    const tags = new Map();
    filled.forEach((slot, at) => tags.set(slot, named[at]?.dataset.tag || ""));
    return tags;
  }
  // [from, to] of each file's name: whatever stands in it belongs to the file
  function spansOfNames(text) {
    const { TOKEN, BARE, known } = window.Studio.names, span = (hit) => [hit.index, hit.index + hit[0].length];
    const masked = text.replace(TOKEN, (words) => "]".repeat(words.length)); // as long as it was: places stay right
    return [...[...text.matchAll(TOKEN)].map(span), ...[...masked.matchAll(BARE)].filter((hit) => known(hit[1])).map(span)];
  }
  function retag(before) {
    const counted = {}, changes = new Map();
    for (const [slot, tag] of before) (counted[countedAs(slot)] ||= []).push(tag);
    const next = Object.fromEntries(Object.keys(counted).map((name) => [name, 0]));
    for (const slot of slots().filter((one) => isFilled(one) && !FOLLOWERS.includes(one.dataset.slot))) {
      const now = counted[countedAs(slot)][next[countedAs(slot)]++], old = before.get(slot);
      if (old !== now && old && now) changes.set(old, now);
    }
    const area = document.querySelector("#composer [name=prompt]");
    if (!changes.size || !area) return;
    const literal = [...changes.keys()].map((tag) => tag.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const found = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${literal.join("|")})(?![\\p{L}\\p{N}_])`, "gu");
    const named = spansOfNames(area.value), isNamed = (at) => named.some(([from, to]) => at >= from && at < to);
    const words = area.value.replace(found, (tag, at) => (isNamed(at) ? tag : changes.get(tag)));
    if (words === area.value) return;
    area.value = words;
    area.dispatchEvent(new CustomEvent("composer:filled", { bubbles: true })); // no person typed it
  }

  // --- the move ---------------------------------------------------------------------------------------
  // as the server will name them: a voice after its reference, the others by their place
  function number(name) {
    const ids = new Map(), all = slots();
    all.filter((slot) => slot.dataset.slot === name).forEach((slot, at) => {
      const place = name === VOICE ? all[all.indexOf(slot) - 1].id.replace("slot-", "") : at;
      ids.set(slot.id, `slot-${name}-${place}`);
      slot.id = `slot-${name}-${place}`;
    });
    return ids;
  }
  function say(words) {
    const place = document.querySelector("[data-slot-said]");
    place.textContent = "";
    requestAnimationFrame(() => { place.textContent = words; });
  }
  function move(slot, to) {
    if (document.querySelector("#composer .slot.busy")) { say(menu().dataset.sayBusy); return; }
    const blocks = blocksOf(slot), from = placeOf(slot);
    if (to < 0 || to >= blocks.length || to === from) return;
    const before = tagsBySlot(), focused = document.activeElement, held = slot.contains(focused) ? focused : null;
    if (to < from) blocks[to][0].before(...blocks[from]); else blocks[to].at(-1).after(...blocks[from]);
    const ids = new Map([...number(slot.dataset.slot), ...(FOLLOWS[slot.dataset.slot] ? number(FOLLOWS[slot.dataset.slot]) : [])]);
    retag(before);
    slot.scrollIntoView({ block: "nearest", inline: "nearest" });
    (held || slot.querySelector("[data-slot-more]")).focus({ preventScroll: true });
    const file = slot.querySelector("[data-slot-name]").title;
    say(menu().dataset.sayMoved.replace("{name}", file).replace("{n}", to + 1).replace("{all}", blocks.length));
    document.dispatchEvent(new CustomEvent("slot:moved", { detail: { ids } }));
  }
  const step = (slot, way) => move(slot, placeOf(slot) + way);

  // --- a subject becomes the background, or a background a subject --------------------------------------
  const openOf = (name) => slots().find((one) => one.dataset.slot === name && !isFilled(one) && !one.matches(".busy"));
  const canTurn = (slot, name) => canMove(slot) && PICTURES.includes(slot.dataset.slot) && slot.dataset.slot !== name && Boolean(openOf(name));
  function turn(slot, name) {
    if (document.querySelector("#composer .slot.busy")) { say(menu().dataset.sayBusy); return; }
    const before = tagsBySlot(), left = slot.dataset.slot;
    openOf(name).before(slot);
    slot.dataset.slot = slot.querySelector("input[type=hidden]").name = name;
    slot.querySelector("input[type=file]").name = `${name}_file`;
    const ids = new Map([...number(left), ...number(name)]);
    retag(before);
    slot.querySelector("[data-slot-more]").focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("slot:moved", { detail: { ids } }));
  }
  for (const [name, way] of [["slot-earlier", -1], ["slot-later", 1]]) {
    studioKeys.on(name, (event) => {
      const slot = event.target.closest?.("#composer [data-slot]");
      if (!canMove(slot)) return false;
      step(slot, way); // at an end too the key is ours: elsewhere it leaves the page
    }, { unless: "textarea, select, [contenteditable]" });
  }

  // --- by drag ------------------------------------------------------------------------------------------
  let dragged = null;
  const clear = () => document.querySelectorAll(".slot.dropbefore, .slot.dropafter").forEach((slot) => slot.classList.remove("dropbefore", "dropafter"));
  function target(event) {
    const slot = dragged && event.target.closest?.("#composer [data-slot]"), blocks = slot ? blocksOf(dragged) : [];
    const at = blocks.findIndex((block) => block.includes(slot)), from = placeOf(dragged || slot);
    return at < 0 || at === from ? null : { at, from, first: blocks[at][0], last: blocks[at].at(-1) };
  }
  document.addEventListener("dragstart", (event) => {
    const slot = event.target.closest?.("#composer [data-slot]");
    if (!canMove(slot)) return;
    dragged = slot;
    slot.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("application/x-slot", slot.id); // Firefox drags nothing without data
  });
  document.addEventListener("dragover", (event) => {
    if (!dragged) return;
    clear();
    const there = target(event);
    if (!there) return;
    event.preventDefault();
    if (there.at < there.from) there.first.classList.add("dropbefore"); else there.last.classList.add("dropafter");
  });
  document.addEventListener("drop", (event) => {
    const there = dragged && target(event);
    if (!there) return;
    event.preventDefault();
    move(dragged, there.at);
  });
  document.addEventListener("dragend", () => { clear(); dragged?.classList.remove("dragged"); dragged = null; });

  // --- the menu -------------------------------------------------------------------------------------------
  let of = "", opener; // the slot's id: the composer may come anew while the menu is open
  const slotNow = () => document.getElementById(of);
  const item = (act) => menu().querySelector(`[data-slot-act="${act}"]`);
  function open(slot) {
    const filled = isFilled(slot), button = slot.querySelector(filled ? "[data-slot-more]" : "[data-pick]");
    of = slot.id;
    opener?.removeAttribute("popovertarget");
    opener = button;
    button.setAttribute("popovertarget", menu().id); // menu.js places it beside this button
    const at = placeOf(slot), last = canMove(slot) ? blocksOf(slot).length - 1 : 0;
    for (const act of ["earlier", "later"]) item(act).parentElement.hidden = last < 1;
    item("earlier").disabled = at <= 0;
    item("later").disabled = at >= last;
    item("original").parentElement.hidden = !slot.querySelector(".back");
    item("remove").parentElement.hidden = !filled;
    menu().querySelectorAll("[data-if-filled]").forEach((part) => { part.hidden = !filled; });
    menu().querySelectorAll("[data-if-open]").forEach((part) => { part.hidden = filled; });
    item("ways").parentElement.hidden = !slot.dataset.ways;
    item("register").parentElement.hidden = !slot.dataset.register;
    for (const name of PICTURES) item(name).parentElement.hidden = !canTurn(slot, name);
    menu().querySelector("[data-slot-of]").textContent = slot.querySelector("[data-slot-name]").title || slot.dataset.label;
    const why = menu().querySelector("[data-slot-why]");
    why.textContent = filled ? slot.dataset.why || "" : ""; // beside the slot it may be cut
    why.hidden = !why.textContent;
    menu().setAttribute("aria-label", button.getAttribute("aria-label"));
    menu().showPopover();
  }
  const acts = {
    replace: (slot) => slot.querySelector("input[type=file]").click(),
    pick: (slot) => slot.querySelector("[data-pick]").click(),
    original: (slot) => slot.querySelector(".back").click(),
    remove: (slot) => slot.querySelector("[data-slot-remove]").click(),
    ways: (slot) => window.htmx.ajax("POST", slot.dataset.ways, { source: document.getElementById("composer"), target: "#dialog-host", swap: "innerHTML" }),
    register: (slot) => window.open(slot.dataset.register, "_blank", "noopener"),
    earlier: (slot) => step(slot, -1),
    later: (slot) => step(slot, 1),
    ...Object.fromEntries(PICTURES.map((name) => [name, (slot) => turn(slot, name)])),
  };
  document.addEventListener("click", (event) => {
    const act = event.target.closest?.("[data-slot-act]"), slot = slotNow();
    if (act && slot) { menu().hidePopover(); acts[act.dataset.slotAct](slot); return; }
    const more = event.target.closest?.("[data-slot-more]");
    if (!more) return;
    event.preventDefault();
    if (menu().matches(":popover-open")) menu().hidePopover(); else open(more.closest("[data-slot]"));
  });
  // by touch there is no hover: a tap on the picture is the way to everything
  document.addEventListener("click", (event) => {
    const well = event.target.closest?.("#composer .slot:not(.busy) .well");
    if (!well || !event.detail || !matchMedia("(hover: none)").matches || menu().matches(":popover-open")) return;
    event.preventDefault();
    open(well.closest("[data-slot]"));
  }, true);
  document.addEventListener("toggle", (event) => {
    if (event.target !== menu() || event.newState !== "closed") return;
    const button = opener?.isConnected ? opener : slotNow()?.querySelector("[data-slot-more]");
    button?.removeAttribute("popovertarget");
    if (button?.matches("[data-slot-more]")) button.setAttribute("aria-expanded", "false");
    if (document.activeElement === document.body || menu().contains(document.activeElement)) button?.focus({ preventScroll: true });
  }, true);
})();
