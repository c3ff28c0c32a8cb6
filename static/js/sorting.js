// Sorting the take of this page by the keys of the gallery: form[data-sorting] names where to send it and which take; [data-sorting-tag] is where a tag is
// written. The buttons show at once what was pressed (aria-pressed); the page's next look brings what the server has.
(function () {
  "use strict";
  const form = () => document.querySelector("form[data-sorting]");
  function guess(act) {
    const stars = act.startsWith("star-") ? Number(act.slice(5)) : null;
    form().querySelectorAll(".stars button").forEach((button, at) => { if (stars !== null) button.setAttribute("aria-pressed", String(at < stars)); });
    for (const name of ["pick", "reject"]) if (stars === null) form().querySelector(`.${name}`).setAttribute("aria-pressed", String(act === name));
  }
  function post(url, values) {
    const now = form(), kept = Object.fromEntries(["take", "alone", "quiet"].map((name) => [name, now.elements[name].value]));
    htmx.ajax("POST", url, { source: now, target: now, swap: "none", values: { ...kept, ...values } }).catch(() => {});
    return true;
  }
  const act = (name) => () => {
    if (!form()) return false;
    guess(name);
    return post(form().getAttribute("action"), { act: name });
  };
  document.addEventListener("submit", (event) => { if (event.target === form() && event.submitter) guess(event.submitter.value); });
  document.addEventListener("htmx:afterRequest", (event) => { // what was guessed is taken back; a tag that was added is no longer written, and keys are heard again
    if (event.detail.elt === form() && !event.detail.successful) document.dispatchEvent(new CustomEvent("live:refresh"));
    if (event.detail.elt.matches?.("[data-sorting-tag]") && event.detail.successful) { event.detail.elt.reset(); event.detail.elt.querySelector(".input").blur(); }
  });

  const does = {
    "cull-pick": act("pick"), "cull-reject": act("reject"), "cull-unmark": act("unmark"),
    "cull-undo": () => Boolean(form()) && post(form().dataset.undoUrl, {}),
    "cull-move": () => { const button = document.querySelector("[data-take-move]"); button?.click(); return Boolean(button); },
    "cull-tag": () => { const field = document.querySelector("[data-sorting-tag] .input"); field?.focus(); return Boolean(field); },
  };
  ["cull-0", "cull-1", "cull-2", "cull-3", "cull-4", "cull-5"].forEach((name, stars) => { does[name] = act(`star-${stars}`); });
  for (const [name, run] of Object.entries(does)) studioKeys.on(name, run, { unless: "input:not([type=range]), textarea, select, [contenteditable]" });
})();
