// The composer is asked for anew: other inputs, another model. Contract:
//   [data-live][data-closed]: which accounts are closed; another word asks for what stands over the composer
//   form#composer[data-chips-url]; POST chips-url, the form -> the composer again; a <select data-reloads> asks by hx-get
// Studio.refit: written() is told of words, touched() of a file that came or went, settle() once all files that are on their way are
// there; isPaying() while the click that costs money is under way.
(function () {
  "use strict";
  const { form, keep } = window.Studio.composer;

  // an answer that was asked for before the latest file came or went, or with older words, is out of date: it would undo that
  let edition = 0, asked = 0;
  const written = () => { edition += 1; };
  const touched = () => { written(); keep(); };
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
  // other inputs, another mode: the chips, the lights and the offer of a sibling model follow from them
  function refit() {
    const composer = form();
    keep();
    if (!composer?.dataset.chipsUrl || !window.htmx) return window.Studio.price.soon();
    htmx.ajax("POST", composer.dataset.chipsUrl, { source: composer, target: "#composer", swap: "morph:outerHTML" });
  }

  let closed = document.querySelector("[data-live]")?.dataset.closed;
  document.addEventListener("studio:swapped", () => {
    const now = document.querySelector("[data-live]")?.dataset.closed;
    if (now === closed) return;
    closed = now;
    if (!paying) refit(); // else the answer to the click has the banner
  });

  window.Studio = { ...window.Studio, refit: { written, touched, settle, isPaying: () => paying } };
})();
