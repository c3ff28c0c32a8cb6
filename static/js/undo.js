// Undo in the composer, settings and slots too: a key outside of text fields brings back the form as it was before the last change. The server lays
// out what comes back (data-chips-url), as it does for another model. Text fields keep the browser's own undo.
(function () {
  "use strict";
  const MOST = 50, PAUSE = 1500, NOTED = 150; // ms; writing in one field is one change until it pauses
  const VOLATILE = ["csrfmiddlewaretoken", "idempotency_key", "shown_usd", "draft_version", "draft_tab"];
  const form = () => document.querySelector("form[data-composer]");
  const past = [];
  let undoing = false, last = { name: "", at: 0 };

  function state() {
    const composer = form();
    if (!composer) return "";
    const fields = [...new FormData(composer)].filter(([name, value]) => typeof value === "string" && !VOLATILE.includes(name));
    return new URLSearchParams(fields).toString();
  }
  let present = state();
  function fieldChanged(before, now) {
    const one = [...new URLSearchParams(before)], two = [...new URLSearchParams(now)];
    const changed = one.length === two.length ? two.filter(([name, value], at) => one[at][0] !== name || one[at][1] !== value) : [];
    return changed.length === 1 ? changed[0][0] : "";
  }
  let noting = 0;
  function note() {
    clearTimeout(noting);
    noting = 0;
    const now = state(), at = performance.now();
    if (!now || now === present) return;
    const name = fieldChanged(present, now), goesOn = name && name === last.name && at - last.at < PAUSE;
    if (!undoing && !goesOn) past.push(present);
    if (past.length > MOST) past.shift();
    last = { name, at };
    undoing = false;
    present = now;
  }
  // while somebody types the fields are read once for some keys
  document.addEventListener("composer:changed", (event) => { if (event.detail?.typing) noting ||= setTimeout(note, NOTED); else note(); });
  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target?.id === "composer") note(); });

  function values(before) {
    const data = new FormData();
    for (const [name, value] of new URLSearchParams(before)) data.append(name, value);
    for (const name of VOLATILE) if (form().elements[name]) data.set(name, form().elements[name].value);
    return data;
  }
  studioKeys.on("undo", () => {
    if (!form() || !window.htmx) return false;
    if (noting) note();
    const before = past.pop();
    if (before === undefined) return false;
    undoing = true;
    const focused = document.activeElement?.id;
    htmx.ajax("POST", form().dataset.chipsUrl, { target: "#composer", swap: "morph:outerHTML", values: values(before) }).then(() => {
      if (focused) document.getElementById(focused)?.focus();
    });
  }, { unless: "textarea, input:not([type=checkbox]), [contenteditable]" });
})();
