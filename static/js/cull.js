// Sorting takes by key and by the bar: form[data-cull] names where to send it. What is ticked is meant, else the card that has the focus, or the one in
// the viewer; template[data-cull-mark] is what a card then says; [data-cull-said] tells it to screen readers, [data-cull-view] opens the viewer. A card shows what was done at once (data-mark, data-stars); the answer puts the card in its place as the server has it, or takes it back.
(function () {
  "use strict";
  const form = document.querySelector("form[data-cull]");
  if (!form) return;
  const viewer = window.studioViewer;
  const cards = () => [...document.querySelectorAll("#wall [data-take]")];
  const focused = () => document.activeElement?.closest?.("#wall [data-take]");
  const ticked = () => cards().filter((card) => card.querySelector("[data-tick]")?.checked);
  const focus = (card) => { const link = card?.querySelector(".pic"); link?.focus(); link?.scrollIntoView({ block: "nearest" }); };
  const drawn = () => document.dispatchEvent(new CustomEvent("gallery:drawn"));
  const say = (text) => { document.querySelector("[data-cull-said]").textContent = text; };

  function meant() {
    if (viewer.isOpen) return [viewer.card].filter(Boolean);
    const many = ticked();
    return many.length ? many : [focused()].filter(Boolean);
  }
  function mark(card, name) {
    const tag = document.querySelector(`[data-cull-mark="${name}"]`)?.content.cloneNode(true);
    card.dataset.mark = name;
    card.querySelector(".sorted > :is(.picked, .skipped)")?.remove();
    if (tag) card.querySelector(".sorted")?.prepend(tag);
  }
  function guess(card, act) {
    const { mark: marked = "", stars = "" } = card.dataset;
    if (act === "pick" || act === "reject") mark(card, act);
    if (act === "unmark") mark(card, "");
    if (act.startsWith("star-")) card.dataset.stars = act.slice(5);
    return () => { mark(card, marked); card.dataset.stars = stars; };
  }
  function said(act) {
    const words = { pick: form.dataset.sayPicked, reject: form.dataset.sayRejected, unmark: form.dataset.sayUnmarked, "star-0": form.dataset.sayUnrated };
    return words[act] || (act.startsWith("star-") ? form.dataset.sayStars.replace("{n}", act.slice(5)) : "");
  }
  // one after the other, for each has to find what the one before it did; an answer does not wipe out what was pressed meanwhile
  const waiting = [];
  let last = Promise.resolve(true);
  function send(values, again = () => {}, back = () => {}) {
    const entry = { again };
    waiting.push(entry);
    last = last.then(() => post(values)).then((done) => {
      waiting.splice(waiting.indexOf(entry), 1);
      if (!done) back();
      for (const later of waiting) later.again();
      drawn();
      return done;
    });
    return last;
  }
  async function post(values) {
    let done = false;
    const watch = (event) => { if (event.detail.elt === form) done = event.detail.successful; };
    document.addEventListener("htmx:afterRequest", watch);
    await htmx.ajax("POST", form.getAttribute("action"), { source: form, target: form, swap: "none", values }).catch(() => {});
    document.removeEventListener("htmx:afterRequest", watch);
    return done;
  }
  // all that match are meant: the bar knows which; over the whole screen it is the one take that shows
  const every = () => !viewer.isOpen && Boolean(form.querySelector("[data-select-every]")?.checked);
  function byBar(name) {
    const button = form.querySelector(`[name=act][value="${name}"]`);
    if (button) form.requestSubmit(button);
    return Boolean(button);
  }
  const these = (cards) => ({ take: cards.map((card) => card.id.slice(5)), every: "" }); // the form's own fields go along otherwise
  function act(name) {
    if (every()) return byBar(name);
    const them = meant();
    if (!them.length) return false;
    const one = them.length === 1, ids = them.map((card) => card.id), backs = them.map((card) => guess(card, name));
    const again = () => ids.forEach((id) => { const card = document.getElementById(id); if (card) guess(card, name); });
    drawn();
    if (one) say(said(name));
    send({ act: name, ...these(them), ...(one && said(name) ? { quiet: "1" } : {}) }, again, () => backs.forEach((back) => back()));
    return true;
  }
  function trash() {
    if (every()) return byBar("trash");
    const them = meant(), all = cards(), next = all[all.indexOf(them[them.length - 1]) + 1] || all[all.indexOf(them[0]) - 1];
    if (!them.length || document.getElementById("f-trash")?.checked) return false;
    if (them.some((card) => "going" in card.dataset)) return true; // pressed again before the answer
    for (const card of them) card.dataset.going = "";
    send({ act: "trash", ...these(them) }).then((done) => {
      for (const card of them) delete card.dataset.going;
      if (!done || document.getElementById(them[0].id)) return; // what is signed off stays, and so does who pressed
      if (viewer.isOpen) { if (next) viewer.show(next); else viewer.close(); } else focus(next);
    });
    return true;
  }
  function undo() {
    last = last.then(() => htmx.ajax("POST", form.dataset.undoUrl, { source: form, target: form, swap: "none", values: { act: "" } }).catch(() => {}));
    return true;
  }
  function tick() {
    const box = (viewer.isOpen ? viewer.card : focused())?.querySelector("[data-tick]");
    if (!box) return false;
    box.click();
    drawn();
    return true;
  }
  function tag() {
    const field = form.querySelector("[name=tags]");
    if (!field || viewer.isOpen) return false;
    const card = focused(), box = card?.querySelector("[data-tick]");
    if (!ticked().length && box) box.click();
    if (!ticked().length) return false;
    field.focus();
    return true;
  }
  function move() {
    const button = form.querySelector("[data-cull-move]");
    if (!button || viewer.isOpen) return false;
    const box = focused()?.querySelector("[data-tick]");
    if (!every() && !ticked().length && box) box.click();
    if (!every() && !ticked().length) return false;
    button.click();
    return true;
  }
  const press = (value) => () => {
    const button = form.querySelector(`[name=act][value=${value}]`);
    if (!button || ticked().length < 2 || viewer.isOpen) return false;
    button.click();
    return true;
  };

  // what the wall shows anew, or a field that has done its work, gives the focus back to the card where it was
  let place = null; // its id, and the ids of all then
  document.addEventListener("focusin", () => {
    const card = focused();
    if (card) place = { id: card.id, ids: cards().map((one) => one.id) };
    else if (!document.activeElement?.closest?.("#wall, form[data-cull]")) place = null;
  });
  function comeBack() {
    if (!place || viewer.isOpen || document.querySelector("dialog[open]")) return;
    const at = place.ids.indexOf(place.id), after = [...place.ids.slice(at), ...place.ids.slice(0, at).reverse()];
    focus(after.map((id) => document.getElementById(id)).find(Boolean));
  }
  document.addEventListener("htmx:afterSettle", () => { if (document.activeElement === document.body) comeBack(); });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.target.name !== "tags") return;
    event.preventDefault();
    comeBack();
  });

  // the card that lies that way, by where it stands
  function neighbour(card, way) {
    const all = cards(), at = all.indexOf(card);
    if (way === "left") return all[at - 1];
    if (way === "right") return all[at + 1];
    const box = card.getBoundingClientRect(), middle = box.left + box.width / 2, down = way === "down";
    const beyond = all.map((one) => [one, one.getBoundingClientRect()]).filter(([, other]) => (down ? other.top >= box.bottom - 2 : other.bottom <= box.top + 2));
    if (!beyond.length) return null;
    const row = down ? Math.min(...beyond.map(([, other]) => other.top)) : Math.max(...beyond.map(([, other]) => other.top));
    const off = ([, other]) => Math.abs(other.left + other.width / 2 - middle);
    return beyond.filter(([, other]) => Math.abs(other.top - row) < 4).sort((one, two) => off(one) - off(two))[0][0];
  }
  const walk = (way) => () => {
    if (viewer.isOpen) { if (way === "left") viewer.go(-1); else if (way === "right") viewer.go(1); else return false; return true; }
    const card = focused(), next = card ? neighbour(card, way) : cards()[0];
    if (!next) return false;
    focus(next);
    return true;
  };
  function play() {
    if (viewer.isOpen) { viewer.toggle(); return true; }
    const card = focused() || ticked()[0];
    if (!card || document.activeElement?.matches?.("[data-tick], button")) return false;
    viewer.open(card);
    return true;
  }
  function open() {
    if (!viewer.isOpen || !viewer.card) return false; // a link opens by itself
    location.assign(viewer.card.querySelector(".pic").href);
    return true;
  }

  const does = {
    "cull-play": play, "cull-left": walk("left"), "cull-right": walk("right"), "cull-up": walk("up"), "cull-down": walk("down"),
    "cull-pick": () => act("pick"), "cull-reject": () => act("reject"), "cull-unmark": () => act("unmark"), "cull-tick": tick, "cull-tag": tag,
    "cull-all": () => { if (viewer.isOpen) return false; form.querySelector("[data-select-all]").click(); return true; },
    "cull-move": move, "cull-stack": press("stack"), "cull-compare": press("compare"), "cull-trash": trash, "cull-undo": undo, "cull-open": open,
  };
  ["cull-0", "cull-1", "cull-2", "cull-3", "cull-4", "cull-5"].forEach((name, stars) => { does[name] = () => act(`star-${stars}`); });
  for (const [name, run] of Object.entries(does)) studioKeys.on(name, run, { unless: "textarea, select, input:not([type=checkbox])" });
  // in the open viewer keys.js is silent: what is typed there is heard here
  document.addEventListener("keydown", (event) => {
    if (!viewer.isOpen || event.defaultPrevented) return;
    const name = Object.keys(does).find((one) => studioKeys.is(one, event));
    if (event.key === "m" || event.key === "M") viewer.mute();
    if (!name || ([" ", "Enter"].includes(event.key) && event.target.closest("button, a"))) return;
    if (does[name]() !== false) event.preventDefault();
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-cull-view]")) viewer.open(ticked()[0] || cards()[0]); });
  document.addEventListener("viewer:do", (event) => {
    const { what, card } = event.detail;
    if (what === "tick") tick();
    else if (what.startsWith("rate-")) act(card.dataset.stars === what.slice(5) ? "star-0" : `star-${what.slice(5)}`);
    else act(card.dataset.mark === what ? "unmark" : what);
  });

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button?.name || button.matches("[data-plain]")) return;
    event.preventDefault();
    const values = {};
    for (const [name, value] of new FormData(form, button)) if (name !== "csrfmiddlewaretoken") (values[name] ||= []).push(value);
    const moves = ["stack", "unstack", "move", "trash", "restore"].includes(button.value);
    send(values).then((done) => {
      if (done && moves) form.reset();
      if (!done || button.value !== "tag") return;
      form.elements.tags.value = "";
      comeBack();
    });
  });
  // what the wall shows now is what "all that match" means
  document.addEventListener("htmx:afterSettle", () => {
    const wall = document.getElementById("wall");
    form.elements.of.value = wall.dataset.query;
    form.elements.seen.value = wall.dataset.seen;
    const save = document.querySelector("form[data-view-save]");
    if (save) save.elements.of.value = wall.dataset.query;
    for (const view of document.querySelectorAll(".views a.chip")) {
      const here = new URL(view.href).search.slice(1) === wall.dataset.query;
      view.classList.toggle("on", here);
      if (here) view.setAttribute("aria-current", "true"); else view.removeAttribute("aria-current");
    }
  });
})();
