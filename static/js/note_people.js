// @ in a note: a list of the project's people, ul#note-people > [role=option][data-insert] (what stands for them), data-name, data-user. Arrows, Enter or Tab,
// Escape; [data-note-mention] writes the @. Nothing here is needed to send a note.
(function () {
  "use strict";
  const AREA = "[data-note-body]", OPENS = /(?:^|[^\w@.])@([^@\n]{0,40})$/u, WHILE_OPEN = ["role", "aria-expanded", "aria-controls", "aria-activedescendant", "aria-autocomplete"];
  const list = () => document.getElementById("note-people");
  let area = null, active = null;
  const shown = () => [...list().children].filter((option) => !option.hidden);

  function close() {
    if (list()) list().hidden = true;
    for (const name of WHILE_OPEN) area?.removeAttribute(name);
    area = active = null;
  }
  function select(option) {
    active = option;
    for (const other of list().children) other.setAttribute("aria-selected", String(other === option));
    area.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
  function refresh(field) {
    const found = list() && field.selectionStart === field.selectionEnd && OPENS.exec(field.value.slice(0, field.selectionStart));
    if (!found) return close();
    const wanted = found[1].toLowerCase();
    for (const option of list().children) option.hidden = ![option.dataset.name, option.dataset.user].some((name) => name.toLowerCase().includes(wanted));
    if (!shown().length || shown().some((option) => `${option.dataset.insert.toLowerCase()} ` === wanted)) return close();
    area = field;
    list().hidden = false;
    const box = field.closest("form").getBoundingClientRect();
    for (const [name, value] of Object.entries({ left: box.left, bottom: innerHeight - box.top + 4, width: Math.min(box.width, 340) })) list().style.setProperty(name, `${Math.round(value)}px`);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "true", "aria-controls": "note-people", "aria-autocomplete": "list" })) field.setAttribute(name, value);
    select(shown().includes(active) ? active : shown()[0]);
  }
  function take(option) {
    const field = area, to = field.selectionStart, from = field.value.slice(0, to).lastIndexOf("@");
    close();
    field.focus();
    field.setSelectionRange(from, to);
    const text = `@${option.dataset.insert} `;
    if (document.execCommand("insertText", false, text)) return; // as if typed, so that Ctrl+Z takes it back
    field.setRangeText(text, from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  document.addEventListener("input", (event) => { if (event.target.matches(AREA)) refresh(event.target); });
  document.addEventListener("keydown", (event) => {
    if (!area || event.target !== area || event.isComposing) return;
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (way) { const all = shown(); select(all[(all.indexOf(active) + way + all.length) % all.length]); }
    else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey) take(active);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("#note-people")) return;
    event.preventDefault(); // the text keeps the focus
    const option = event.target.closest("[role=option]");
    if (option && area) take(option);
  });
  document.addEventListener("focusout", (event) => { if (event.target === area) close(); });
  document.addEventListener("click", (event) => {
    const field = event.target.closest("[data-note-mention]")?.closest("form").querySelector(AREA);
    if (!field) return;
    const before = field.value.slice(0, field.selectionStart);
    field.setRangeText(/\S$/.test(before) ? " @" : "@", field.selectionStart, field.selectionEnd, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
