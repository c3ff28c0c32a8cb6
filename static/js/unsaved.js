// Words that were written and not saved are not left by a click: form[data-unsaved] asks before the page goes, as long as it differs from what it
// was when the page came. With data-unsaved="1" (its answer was a refusal) it differs from the beginning. Without this script it asks nothing.
(function () {
  "use strict";
  const forms = [...document.querySelectorAll("form[data-unsaved]")];
  const state = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, typeof value === "string" ? value : `${value.name} ${value.size}`]));
  const before = new Map(forms.map((form) => [form, form.dataset.unsaved ? "" : state(form)]));
  document.querySelector("form[data-unsaved='1'] [aria-invalid=true]")?.focus(); // what was refused may stand far below
  let saving = null;
  document.addEventListener("submit", (event) => { saving = event.defaultPrevented ? null : event.target; });
  addEventListener("pageshow", () => { saving = null; }); // come back from the next page: what stands here is not saved by that
  addEventListener("beforeunload", (event) => {
    if (forms.some((form) => form !== saving && state(form) !== before.get(form))) event.preventDefault();
    saving = null; // where the person stays, or the answer is a download
  });
})();
