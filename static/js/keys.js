// The one place where keys are heard. The table (names and their keys, with this person's own) is made from generations/keys.py and stands in the page as
// #keys-table. Scripts say what a name does: studioKeys.on("generate", (event) => …, { unless }). What returns false leaves the key to others.
// A key is written Ctrl+Alt+Shift+Key; Cmd counts as Ctrl; Shift is only said of letters and named keys. Nothing is heard while a person writes,
// unless the table says so, nor in an open dialog or menu.
window.studioKeys = (function () {
  "use strict";
  const WRITES = "input, textarea, select, [contenteditable]";
  const ELSEWHERE = "dialog[open], [role=menu], [role=tablist]";
  const SILENT = ["Control", "Shift", "Alt", "Meta", "AltGraph", "Dead", "Process", "Unidentified", "CapsLock"];
  const table = JSON.parse(document.getElementById("keys-table")?.textContent || "[]");
  const does = new Map();

  function comboOf(event) {
    if (event.isComposing || SILENT.includes(event.key)) return "";
    const plain = event.key.length === 1, key = event.key === " " ? "Space" : plain ? event.key.toUpperCase() : event.key;
    const typed = event.getModifierState?.("AltGraph"); // how many keyboards write / or ?
    const letter = key.toLowerCase() !== key.toUpperCase();
    const held = [(event.ctrlKey || event.metaKey) && !typed && "Ctrl", event.altKey && !typed && "Alt", event.shiftKey && letter && "Shift"];
    return [...held, event.shiftKey && key === "Space" && "Shift", key].filter(Boolean).filter((word, at, all) => all.indexOf(word) === at).join("+");
  }
  function hear(event, entry) {
    for (const { run, unless } of does.get(entry.name) || []) {
      const blocked = unless ?? (entry.typing ? "" : WRITES);
      if (blocked && event.target.closest?.(blocked)) continue;
      if (run(event) !== false) return true;
    }
    return false;
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.target.closest?.(ELSEWHERE)) return;
    const combo = comboOf(event);
    const heard = combo && table.some((entry) => entry.keys.includes(combo) && hear(event, entry));
    if (heard) event.preventDefault();
  });
  return {
    comboOf,
    // for what hears its keys by itself, within a dialog or a list
    is(name, event) { const combo = comboOf(event); return Boolean(combo) && table.some((one) => one.name === name && one.keys.includes(combo)); },
    on(name, run, { unless } = {}) { does.set(name, [...(does.get(name) || []), { run, unless }]); },
  };
})();
