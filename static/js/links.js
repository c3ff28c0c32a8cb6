// Inputs by link: an http(s) address pasted on a slot, or written into the field of the composer's panel, is fetched by the
// studio. Contract: form[data-composer][data-links-url]; [data-link-url] with [data-link-fetch]; the slots of slots.js, which
// are told by slot:begin, slot:put and slot:fail.
//   POST links-url, url          -> 202 {"look", "words", "short"} or 422 {"error"}
//   GET look?slot=…&model=…      -> 202 while it is on its way, 200 as an upload answers, 422 {"error"}
(function () {
  "use strict";
  const LOOK_AGAIN = 1000;
  const form = () => document.querySelector("form[data-composer]");
  const isLink = (text) => /^https?:\/\/\S+$/i.test(text) && text.length <= 2000;
  const tell = (slot, name, detail) => slot.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  const pause = () => new Promise((resolve) => { setTimeout(resolve, LOOK_AGAIN); });
  const isTyping = (element) => element.closest?.("textarea, select, input:not([type=file]), [contenteditable]");
  const isFree = (slot) => !slot.querySelector("input[type=hidden]").value && !slot.classList.contains("busy");

  async function answer(url, init = {}) {
    const reply = await fetch(url, { ...init, headers: { "X-CSRFToken": document.body.dataset.csrf, Accept: "application/json" } });
    let body = {};
    try { body = await reply.json(); } catch { /* not ours */ }
    if (!reply.ok) throw new Error(body.error || form()?.dataset.sayTooBig || "");
    return { waits: reply.status === 202, body };
  }
  // a connection that breaks while it waits is no answer: the studio goes on fetching
  async function look(address, slot) {
    for (;;) {
      await pause();
      if (!slot.classList.contains("busy")) return null; // taken out meanwhile, or without a place (slots.js has said so)
      const query = new URLSearchParams({ slot: slot.dataset.slot, model: form()?.elements.model?.value || "" });
      try {
        const { waits, body } = await answer(`${address}?${query}`);
        if (!waits) return body;
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
    }
  }
  async function bring(slot, url) {
    const name = new URL(url).hostname, id = slot.id;
    const now = () => (slot.isConnected ? slot : document.getElementById(id) || slot);
    tell(slot, "slot:begin", { name });
    try {
      const { body } = await answer(form().dataset.linksUrl, { method: "POST", body: new URLSearchParams({ url }) });
      const label = slot.querySelector("[data-slot-name]");
      if (label) { label.textContent = body.short; label.className = "note"; label.title = body.words; }
      const reply = await look(body.look, slot);
      if (reply) tell(now(), "slot:put", { reply });
    } catch (error) {
      tell(now(), "slot:fail", { words: error.message, name: "" });
    }
  }

  // as a file that is dropped beside the slots: to the first free one for its kind
  function freeSlot(url) {
    const kind = window.Studio.kindOf(new URL(url).pathname);
    return [...document.querySelectorAll(`[data-slot][data-kind="${kind}"]`)].find(isFree);
  }
  const toast = (text) => document.dispatchEvent(new CustomEvent("studio:toast", { detail: { text, level: "error" } }));
  function fromField() {
    const field = document.querySelector("[data-link-url]"), url = field.value.trim();
    field.toggleAttribute("aria-invalid", !isLink(url));
    if (!isLink(url)) return field.focus();
    const slot = freeSlot(url);
    if (!slot) return toast(form().dataset.sayNoPlace);
    field.value = "";
    field.closest("[popover]").hidePopover();
    bring(slot, url);
  }

  document.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain").trim() || "";
    if (!form() || event.clipboardData?.files.length || isTyping(event.target) || !isLink(text)) return;
    const slot = event.target.closest?.("[data-slot]") || document.querySelector("[data-slot]:hover");
    if (!slot) return;
    event.preventDefault();
    bring(slot, text);
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-link-fetch]")) fromField(); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.("[data-link-url]")) return;
    event.preventDefault(); // it must not send the composer
    fromField();
  });
})();
