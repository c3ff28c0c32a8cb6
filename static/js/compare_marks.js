// Marks in a comparison: which clip is meant (figure[data-side], the one marked by aria-current), and its form[data-marks], whose buttons the keys of the gallery
// press: stars, pick, skip, neither, undo (data-undo-url of [data-compare]). The clip that holds the focus, or was clicked, is meant; compare-on and compare-back choose
// another. Pressed again a star or a mark goes off. What was pressed shows at once; an answer that refuses it brings back what is so. Escape goes back to
// where one came from ([data-compare-back]).
(function () {
  "use strict";
  const root = document.querySelector("[data-compare]");
  if (!root) return;
  const sides = [...root.querySelectorAll("figure")], said = root.querySelector("[data-compare-said]"), back = root.querySelector("[data-compare-back]");
  const now = () => sides.find((side) => side.hasAttribute("aria-current")) || sides[0];
  const formOf = (side) => side.querySelector("form[data-marks]");

  function choose(side, tell = true) {
    if (!side || side === now()) return;
    for (const one of sides) one.toggleAttribute("aria-current", one === side);
    side.setAttribute("aria-current", "true");
    if (tell) said.textContent = side.dataset.side;
  }
  const step = (by) => () => { choose(sides[(sides.indexOf(now()) + by + sides.length) % sides.length]); };

  // --- what is pressed already, and what pressing means
  const isOn = (button) => button.getAttribute("aria-pressed") === "true";
  const starsOf = (form) => [...form.querySelectorAll(".stars button")];
  const shown = (form) => ({ stars: starsOf(form).filter(isOn).length, mark: [...form.querySelectorAll(".pick, .reject")].find(isOn)?.value || "" });
  function draw(form, { stars, mark }) {
    starsOf(form).forEach((button, at) => button.setAttribute("aria-pressed", String(at < stars)));
    for (const button of form.querySelectorAll(".pick, .reject")) button.setAttribute("aria-pressed", String(button.value === mark));
  }
  function send(form, act) {
    const was = shown(form), stars = act.startsWith("star-") ? Number(act.slice(5)) : was.stars;
    const mark = act.startsWith("star-") ? was.mark : act === "unmark" ? "" : act;
    draw(form, { stars, mark });
    const values = Object.fromEntries(["take", "alone", "quiet"].map((name) => [name, form.elements[name].value]));
    ask(form, form.getAttribute("action"), { ...values, act });
    return true;
  }
  function press(form, act) {
    const { stars, mark } = shown(form);
    if (act === mark) return send(form, "unmark");
    return send(form, act === `star-${stars}` ? "star-0" : act);
  }
  root.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-marks]") || !event.submitter) return;
    event.preventDefault();
    event.stopPropagation();
    press(event.target, event.submitter.value);
  }, true);
  const act = (name) => () => { const form = formOf(now()); return form ? send(form, name) : false; };

  // one after the other, so that undo finds the last one; after what was refused, and after an undo, the page is asked what is so
  let last = Promise.resolve(), asked = 0;
  function ask(form, url, values, looks = false) {
    asked += 1;
    last = last.then(async () => {
      let done = false;
      const watch = (event) => { done = event.detail.successful; };
      form.addEventListener("htmx:afterRequest", watch, { once: true });
      await htmx.ajax("POST", url, { source: form, target: form, swap: "none", values }).catch(() => {});
      form.removeEventListener("htmx:afterRequest", watch);
      asked -= 1;
      if ((looks || !done) && !asked) await look();
    });
  }
  async function look() {
    const page = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
    if (!page?.ok || asked) return;
    const fresh = [...new DOMParser().parseFromString(await page.text(), "text/html").querySelectorAll("form[data-marks]")];
    sides.forEach((side, at) => { if (fresh[at]) draw(formOf(side), shown(fresh[at])); });
  }
  function undo() {
    const form = formOf(now());
    if (form) ask(form, root.dataset.undoUrl, { act: "", take: "", alone: "1" }, true);
    return Boolean(form);
  }

  for (const name of ["focusin", "pointerdown"]) root.addEventListener(name, (event) => choose(event.target.closest?.("figure"), name === "focusin"));
  const does = { "compare-back": step(-1), "compare-on": step(1), "cull-pick": act("pick"), "cull-reject": act("reject"), "cull-unmark": act("unmark"), "cull-undo": undo };
  for (const stars of [0, 1, 2, 3, 4, 5]) does[`cull-${stars}`] = act(`star-${stars}`);
  for (const [name, run] of Object.entries(does)) studioKeys.on(name, run, { unless: "input, textarea, select, [role=slider]" });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !back || document.fullscreenElement || document.querySelector("dialog[open], [data-menu]:popover-open")) return;
    if (event.target.matches?.("[data-divider], [data-seek]")) { event.target.blur(); return; } // what moves by key is let go first
    const from = document.referrer && new URL(document.referrer);
    if (from && from.pathname + from.search === back.getAttribute("href")) history.back(); // to where its list was scrolled
    else location.assign(back.href);
  });
})();
