// Undo in the composer, settings and slots too: a key outside of text fields brings back the form as it was before the last change. The server lays
// out what comes back (data-chips-url), as it does for another model. Text fields keep the browser's own undo.
(function () {
  "use strict";
  const MOST = 50, WAIT = 400;
  const VOLATILE = ["csrfmiddlewaretoken", "idempotency_key", "shown_usd", "draft_version", "draft_tab"];
  const form = () => document.querySelector("form[data-composer]");
  const past = [];
  let timer, undoing = false;

  function state() {
    const composer = form();
    if (!composer) return "";
    const fields = [...new FormData(composer)].filter(([name, value]) => typeof value === "string" && !VOLATILE.includes(name));
    return new URLSearchParams(fields).toString();
  }
  let present = state();
  function note() {
    clearTimeout(timer);
    const now = state();
    if (!now || now === present) return;
    if (!undoing) past.push(present);
    if (past.length > MOST) past.shift();
    undoing = false;
    present = now;
  }
  document.addEventListener("composer:changed", () => { clearTimeout(timer); timer = setTimeout(note, WAIT); });
  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target?.id === "composer") note(); });

  function values(before) {
    const data = new FormData();
    for (const [name, value] of new URLSearchParams(before)) data.append(name, value);
    for (const name of VOLATILE) if (form().elements[name]) data.set(name, form().elements[name].value);
    return data;
  }
  studioKeys.on("undo", () => {
    if (!form() || !window.htmx) return false;
    note(); // what was changed a moment ago counts
    const before = past.pop();
    if (before === undefined) return false;
    undoing = true;
    const focused = document.activeElement?.id;
    htmx.ajax("POST", form().dataset.chipsUrl, { target: "#composer", swap: "morph:outerHTML", values: values(before) }).then(() => {
      if (focused) document.getElementById(focused)?.focus();
    });
  }, { unless: "textarea, input:not([type=checkbox]), [contenteditable]" });
})();
