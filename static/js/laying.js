// A model was chosen and its composer is not there yet: what stands in the slots and on the button is still another model's. Contract:
//   select[name=model] in form[data-composer][data-chips-url][data-say-laying][data-say-not-laid] with [data-generate] that holds [data-generate-words]
// Until the composer for that model has come, [data-generate][data-laying] says so and makes nothing; where it did not come a click asks again.
(function () {
  "use strict";
  const form = () => document.querySelector("form[data-composer]");
  const button = () => form()?.querySelector("[data-generate]");
  const isMine = (event) => event.detail.requestConfig?.path === form()?.dataset.chipsUrl;
  let awaited = "", asking = 0; // the model, and how many requests for a composer are on their way

  function tell(words) {
    const to = button();
    if (!to) return;
    to.dataset.laying = "";
    to.setAttribute("aria-disabled", "true");
    to.querySelector("[data-generate-words]").textContent = words;
    to.querySelector("[data-price]").textContent = ""; // that was the other model's
    form().elements.shown_usd.value = "";
  }
  function clear() {
    awaited = "";
    const to = button();
    if (!to || !("laying" in to.dataset)) return; // while it has the focus a morph leaves it as it was
    delete to.dataset.laying;
    to.removeAttribute("aria-disabled");
  }
  const isChoice = (target) => target.name === "model" && target.form?.matches("[data-composer]");
  document.addEventListener("change", (event) => {
    if (!isChoice(event.target)) return;
    awaited = event.target.value;
    tell(form().dataset.sayLaying);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isMine(event)) return;
    asking += 1;
    if (awaited) tell(form().dataset.sayLaying); // also where it takes the place of one that was broken off
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isMine(event)) return;
    asking -= 1;
    if (awaited && !asking && !event.detail.successful) tell(form().dataset.sayNotLaid);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!awaited || event.detail.target?.id !== "composer") return;
    if (isMine(event) && event.detail.requestConfig.parameters.model === awaited) clear();
    else tell(form().dataset.sayLaying);
  });
  document.addEventListener("submit", (event) => {
    const by = event.submitter;
    if (!awaited || !event.target.matches("[data-composer]") || (by && !by.matches("[data-generate], [data-default]"))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!asking) form().elements.model.dispatchEvent(new Event("change", { bubbles: true }));
  }, true);
})();
