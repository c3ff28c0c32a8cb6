// The prompts panel, [data-prompts] in a dialog, and the walk through the history by key. An item [data-prompt-item][data-kind][data-text] is used by its
// [data-prompt-pick]: a prompt takes the place of what stands there, a snippet goes in at the cursor, a negative prompt into its field. One with
// places to fill in shows its fields first ([data-prompt-fill], inputs with data-variable). Arrows move between search and items.
(function () {
  "use strict";
  const form = () => document.querySelector("form[data-composer]");
  const opener = () => document.querySelector("[data-prompts-open]");
  const toast = (text, level = "") => document.dispatchEvent(new CustomEvent("studio:toast", { detail: { text, level } }));

  // --- use one -------------------------------------------------------------------------------------------
  function write(area, text, whole) {
    area.focus();
    if (whole) area.select(); else area.setSelectionRange(...caret);
    // as if typed, so that the browser's own undo knows it
    if (document.execCommand("insertText", false, text)) return;
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  let caret = [0, 0]; // where it stood before the panel took the keyboard
  document.addEventListener("focusout", (event) => { if (event.target === form()?.elements.prompt) caret = [event.target.selectionStart, event.target.selectionEnd]; });
  function spaced(area, text) {
    const before = area.value[caret[0] - 1], after = area.value[caret[1]];
    return (before && /\S/.test(before) ? " " : "") + text + (after && /[^\s.,;:!?]/.test(after) ? " " : "");
  }
  function use(item, text) {
    const panel = item.closest("[data-prompts]"), composer = form(), kind = item.dataset.kind;
    const area = composer?.elements[kind === "negative" ? "negative_prompt" : "prompt"];
    if (!area || area.disabled) return toast(kind === "negative" ? panel.dataset.sayNoNegative : panel.dataset.sayNoWords, "error");
    panel.closest("dialog")?.close();
    if (kind === "negative") { // in a panel that may be shut
      area.value = text;
      area.dispatchEvent(new Event("input", { bubbles: true }));
      return toast(panel.dataset.saySet);
    }
    write(area, kind === "snippet" ? spaced(area, text) : text, kind !== "snippet");
  }
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  function filled(item) {
    const inputs = [...item.querySelectorAll("[data-variable]")];
    return inputs.reduce((text, input) => text.replace(new RegExp(`\\{\\{\\s*${escaped(input.dataset.variable)}\\s*\\}\\}`, "g"), () => input.value.trim()), item.dataset.text);
  }
  document.addEventListener("click", (event) => {
    const item = event.target.closest("[data-prompt-pick]")?.closest("[data-prompt-item]");
    if (!item || !form()) return;
    const fields = item.querySelector("[data-prompt-fill]");
    if (!fields) return use(item, item.dataset.text);
    fields.hidden = false;
    fields.querySelector("input").focus();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-prompt-fill]")) return;
    event.preventDefault();
    const item = event.target.closest("[data-prompt-item]");
    use(item, filled(item));
  });
  // what is saved stands in the list: its form closes, though a morph leaves open what a person opened
  document.addEventListener("htmx:afterRequest", (event) => {
    const made = event.detail.successful && event.target.closest?.("[data-prompt-new]");
    if (made) made.open = false;
  });
  // a new one begins with what stands in the composer
  document.addEventListener("toggle", (event) => {
    const area = event.target.matches?.("[data-prompt-new][open]") && event.target.querySelector("textarea");
    if (area && !area.value && event.target.dataset.promptNew !== "negative") area.value = form()?.elements.prompt.value || "";
    if (area) event.target.querySelector("[name=name]").focus();
  }, true);

  // --- keys of the panel ----------------------------------------------------------------------------
  document.addEventListener("keydown", (event) => {
    const panel = event.target.closest?.("[data-prompts]");
    if (!panel || !["ArrowDown", "ArrowUp"].includes(event.key) || event.target.closest("textarea, select, [data-prompt-fill]")) return;
    const stops = [panel.querySelector("input[type=search]"), ...panel.querySelectorAll("[data-prompt-pick]")];
    const now = stops.indexOf(event.target), next = stops[now + (event.key === "ArrowDown" ? 1 : -1)];
    if (now < 0 || !next) return;
    event.preventDefault();
    next.focus();
  });
  studioKeys.on("prompts", () => { if (!opener()) return false; opener().click(); });

  // --- the walk through the history ---------------------------------------------------------------------
  let texts = null, at = -1, current = "";
  async function recall(way) {
    const area = form().elements.prompt;
    if (at < 0) current = area.value;
    if (!texts) {
      const reply = await fetch(opener().dataset.pastUrl, { headers: { Accept: "application/json" } });
      texts = reply.ok ? (await reply.json()).texts : [];
    }
    const others = texts.filter((text) => text !== current.trim());
    if (!others.length) return;
    at = Math.min(Math.max(at + way, -1), others.length - 1);
    write(area, at < 0 ? current : others[at], true);
  }
  const walk = (way) => (event) => {
    if (!opener() || event.target !== form()?.elements.prompt) return false;
    recall(way).catch(() => { texts = null; });
  };
  studioKeys.on("prompt-earlier", walk(1));
  studioKeys.on("prompt-later", walk(-1));
  for (const name of ["studio:made", "studio:swapped"]) document.addEventListener(name, () => { texts = null; });
  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target?.id === "composer") { at = -1; texts = null; } });
  document.addEventListener("input", (event) => { if (event.isTrusted && event.inputType !== "insertText" && event.target === form()?.elements.prompt) at = -1; });
})();
