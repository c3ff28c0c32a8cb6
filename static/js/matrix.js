// The matrix page (form[data-matrix], which asks the server for its cells and prices by itself when something in it changes).
// The boxes at the heads ([data-all], [data-row], [data-column]) tick and untick their cells ([data-cell="row-column"]) and show
// whether all, some or none are ticked. One more prompt ([name=add_prompt], [data-prompt]) and taking one or a model out happen at
// once, here; what has not reached the server yet waits in the tab's sessionStorage for a reload (input[name=version] and [name=tab] tell
// the server what this page has seen; data-saved-by names the page that saved last); without this script the same buttons ask the server. While the cells are not those of the form nothing can be generated,
// and an answer that was asked for before the last change is out of date.
(function () {
  "use strict";
  const form = () => document.querySelector("[data-matrix]");
  const cells = (head) => [...form().querySelectorAll("[data-cell]")].filter((cell) => {
    const [row, column] = cell.dataset.cell.split("-");
    return "all" in head.dataset || head.dataset.row === row || head.dataset.column === column;
  });
  function draw() {
    form()?.querySelectorAll("[data-all], [data-row], [data-column]").forEach((head) => {
      const mine = cells(head), ticked = mine.filter((cell) => cell.checked).length;
      head.disabled = !mine.length;
      head.checked = mine.length > 0 && ticked === mine.length;
      head.indeterminate = ticked > 0 && ticked < mine.length;
    });
  }
  // before htmx reads the form
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-matrix] :is([data-all], [data-row], [data-column])")) return;
    for (const cell of cells(event.target)) cell.checked = event.target.checked;
  }, true);
  document.addEventListener("change", draw);
  document.addEventListener("htmx:afterSettle", draw);

  // --- prompts and models come and go at once -------------------------------------------------------
  const changed = () => form().dispatchEvent(new Event("input", { bubbles: true }));
  const prompts = () => [...form().querySelectorAll("[data-prompt]")];
  function arrange() {
    const all = prompts(), more = form().querySelector("[name=add_prompt]");
    all.forEach((box, at) => {
      box.querySelector("textarea").id = `matrix-prompt-${at + 1}`;
      const drop = box.querySelector("[name=drop_prompt]");
      drop.value = String(at);
      drop.hidden = all.length === 1;
    });
    if (more) more.hidden = all.length >= Number(more.dataset.most);
  }
  const acts = {
    add_prompt() {
      const last = prompts().at(-1), box = last.cloneNode(true), area = box.querySelector("textarea");
      area.value = area.textContent = "";
      last.after(box);
      arrange();
      area.focus();
    },
    drop_prompt(button) {
      button.closest("[data-prompt]").remove();
      arrange();
      prompts().at(-1).querySelector("textarea").focus();
    },
    drop_model(button) {
      form().querySelector(`input[name=model][value="${button.value}"]`)?.remove();
      button.closest("li").remove();
    },
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-matrix] button[name]"), act = button && acts[button.name];
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act(button);
    changed();
  }, true);

  // --- what is shown and what is filled in ------------------------------------------------------------
  let edition = 0, asked = 0;
  const mine = (event) => event.detail.target?.id === "matrix";
  function wait(isOn) {
    const button = form()?.querySelector("[data-generate]");
    if (!button) return;
    button.classList.toggle("pending", isOn);
    if (isOn) button.disabled = true;
  }
  document.addEventListener("input", (event) => { if (event.target.closest?.("[data-matrix]")) { edition += 1; wait(true); } });
  document.addEventListener("htmx:beforeRequest", (event) => { if (mine(event)) asked = edition; });
  document.addEventListener("htmx:beforeSwap", (event) => { if (mine(event) && asked !== edition) event.detail.shouldSwap = false; });
  document.addEventListener("htmx:sendError", (event) => { if (mine(event)) setTimeout(changed, 4000); }); // the connection is away
  draw();

  // --- what was filled in last and did not get through before the page was loaded again -------------------
  // a cell that was shown and is not made was unticked: the two go together
  const OF_THE_PAGE = ["csrfmiddlewaretoken", "idempotency_key", "shown_usd", "some_unknown", "base", "layout", "tab", "version", "composer"];
  const key = `matrix:${location.pathname}`;
  const unsaved = {
    read() { try { return new URLSearchParams(sessionStorage.getItem(key) || ""); } catch { return new URLSearchParams(); } },
    write() { try { sessionStorage.setItem(key, new URLSearchParams(new FormData(form())).toString()); } catch { /* full or private */ } },
    clear() { try { sessionStorage.removeItem(key); } catch { /* private window */ } },
  };
  const telling = (data) => [...data].filter(([name]) => !OF_THE_PAGE.includes(name)).map((pair) => pair.join("=")).join("\n");
  document.addEventListener("input", (event) => { if (event.target.closest?.("[data-matrix]")) unsaved.write(); });
  document.addEventListener("htmx:afterSettle", (event) => { if (mine(event) && asked === edition && !document.getElementById("matrix-conflict")) unsaved.clear(); });
  function recover() {
    const kept = unsaved.read(), now = new URLSearchParams(new FormData(form()));
    if (![...kept].length || telling(kept) === telling(now)) return unsaved.clear();
    const own = kept.get("version") === now.get("version") || kept.get("tab") === form().dataset.savedBy;
    const values = {};
    for (const name of new Set([...kept.keys(), ...now.keys()])) {
      const isOfPage = OF_THE_PAGE.includes(name) && !(!own && ["tab", "version"].includes(name));
      values[name] = (isOfPage ? now : kept).getAll(name);
    }
    edition += 1; // what was asked for before is out of date
    wait(true);
    htmx.ajax("POST", form().getAttribute("action"), { source: form(), target: "#matrix", swap: "morph:outerHTML", values });
  }
  if (form()) { if (document.readyState === "complete") recover(); else document.addEventListener("DOMContentLoaded", () => setTimeout(recover)); }
})();
