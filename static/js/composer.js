// The composer: its form, what stands in it and what a person does there. Contract:
//   form#composer[data-composer]
//     textarea[name=prompt]
//     named controls: model, mode, duration_s, aspect_ratio, resolution, generate_audio, seed, negative_prompt, count
//     button[data-generate] with [data-generate-words]
//     [data-step="-1"|"1"] beside input[name=count]; [data-more-set] counts what is set in #composer-more
// The price: price.js. Its slots: slots.js, intake.js, arrange.js. When it is asked for anew: refit.js. All of them are loaded after this
// one and take what they share from Studio.composer; posts carry the CSRF token.
// Every change is told as "composer:changed" on document; drafts.js keeps the draft. {typing}: one more key of many in the prompt.
// Without these scripts the form posts as it stands: selects, number field, file inputs (<slot>_file) and button all work.
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

  const toast = (text) => document.dispatchEvent(new CustomEvent("studio:toast", { detail: { text, level: "error" } }));
  const keep = (typing = false) => document.dispatchEvent(new CustomEvent("composer:changed", { detail: { typing } })); // see drafts.js, undo.js
  // whoever reads all fields of a large composer for every key would make the next one wait: the first key counts at once
  const BURST = 1000; // ms
  let typedAt = -BURST;
  function typed() {
    const goesOn = performance.now() - typedAt < BURST;
    typedAt = performance.now();
    keep(goesOn);
  }
  const price = () => window.Studio.price;
  const changed = () => { keep(); price().reopen(); price().soon(); };

  // the prompt grows where CSS field-sizing cannot
  const grows = !CSS.supports("field-sizing", "content");
  function grow(area) {
    if (!grows || !area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }

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

  // what was refused is being changed: the old sentence says nothing about what stands there now
  function outdate(composer, field) {
    composer.querySelectorAll("#composer-notes .error").forEach((line) => line.remove());
    field.removeAttribute("aria-invalid");
  }
  function countMore(composer) {
    const told = composer.querySelector("[data-more-set]");
    if (told) told.textContent = [...composer.querySelectorAll("#composer-more [name]")].filter((field) => field.value.trim()).length || "";
  }

  document.addEventListener("input", (event) => {
    const composer = event.target.closest?.("form[data-composer]");
    if (!composer || event.target.type === "file") return;
    outdate(composer, event.target);
    if (event.target.name === "prompt") { window.Studio.refit.written(); grow(event.target); typed(); return; }
    if (event.target.name === "count") count(composer, 0);
    if (event.target.closest("#composer-more")) countMore(composer);
    changed();
  });
  document.addEventListener("change", (event) => {
    if (event.target.name === "prompt" && event.target.closest?.("form[data-composer]")) price().soon(); // some gateways price the words too
  });
  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (step?.form?.matches("[data-composer]")) { count(step.form, Number(step.dataset.step)); changed(); }
  });
  studioKeys.on("generate", (event) => {
    const composer = form(), button = composer?.querySelector("[data-generate]");
    // also from the page itself, where the focus is after a file was dropped; never from another form
    const elsewhere = event.target.closest?.("form, input, textarea, select");
    if (!composer || (elsewhere && !composer.contains(event.target))) return false;
    if (!button.disabled) composer.requestSubmit(button);
  });
  studioKeys.on("prompt", () => { if (!form()) return false; form().elements.prompt.focus(); });

  function start() {
    const composer = form();
    if (!composer || composer.dataset.started) return;
    composer.dataset.started = "1";
    grow(composer.elements.prompt);
    count(composer, 0);
    // the page knows a sandbox's price; of others it knows no fresh quote, and of none whether a limit has room
    if (composer.elements.shown_usd?.value !== "0") price().now(); else price().soon();
  }
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "composer-chips" || event.detail.target?.matches?.("[data-slot]")) changed();
    const composer = form();
    if (composer && event.detail.target?.id === "composer") { delete composer.dataset.started; count(composer, 0); price().reopen(); price().soon(); window.Studio.slots.laid(); }
    start();
  });
  window.Studio = { ...window.Studio, composer: { form, token, isLaying, later, values, post, toast, keep, changed } };
  // after htmx has heard of the form, which it does once the document is there
  if (document.readyState === "complete") start(); else document.addEventListener("DOMContentLoaded", start);
})();
