// The dialog that lists shots: [data-shots="<id of a form>"]. What is chosen goes into that form: [data-shot="<id, none or
// nothing>"] into its field shot, [data-shot-new="<code>"] into new_shot. A form that moves takes is sent, by its button act=move or as it is
// ([data-shots-send]); any other hears that its field has changed. The chip of a filter, [data-shot-chip], shows it at once: the server draws no filter anew.
// Keys: arrows move between search and list, Enter in the search takes the first.
(function () {
  "use strict";
  const panel = () => document.querySelector("[data-shots]");
  const items = () => [...panel().querySelectorAll("[data-shot], [data-shot-new]")];
  function chipOf(form, button) {
    const chip = form.querySelector("[data-shot-chip]");
    if (!chip) return;
    chip.querySelector(".v").textContent = button.dataset.shotSaid || "";
    chip.classList.toggle("on", Boolean(button.dataset.shot));
  }
  function take(button) {
    const form = document.getElementById(panel().dataset.shots), field = form?.elements.shot;
    panel().closest("dialog").close();
    if (!field) return;
    field.value = button.dataset.shot || "";
    if (form.elements.new_shot) form.elements.new_shot.value = button.dataset.shotNew || "";
    const move = form.querySelector("button[name=act][value=move]");
    if (move) { form.requestSubmit(move); return; }
    if ("shotsSend" in form.dataset) { form.requestSubmit(); return; }
    chipOf(form, button);
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  }
  // a shot that the address named is the composer's own with the first change that is kept: a reload then has it out of the draft
  document.addEventListener("composer:changed", () => {
    const here = new URL(location.href);
    here.searchParams.delete("shot");
    if (document.getElementById("composer")) history.replaceState(history.state, "", here);
  }, { once: true });
  let asked = false; // by Enter, while the list may still be of the words before
  const plain = (text) => text.split(/\s+/).filter(Boolean).join(" ");
  function first() {
    const found = panel()?.querySelector("[data-shots-found]"), words = plain(panel()?.querySelector("[data-shots-search]").value || "");
    if (!asked || !words || found.dataset.shotsFound !== words) return;
    const button = found.querySelector("[data-shots-first], [data-shot-new]");
    if (button) take(button);
  }
  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target?.id === "shots-found") first(); });
  document.addEventListener("input", (event) => { if (event.target.matches?.("[data-shots-search]")) asked = false; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-shots] :is([data-shot], [data-shot-new])");
    if (button) take(button);
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.closest?.("[data-shots]") || event.isComposing) return;
    const search = panel().querySelector("[data-shots-search]"), all = items();
    if (event.key === "Enter" && event.target === search) {
      event.preventDefault();
      asked = true;
      first();
    }
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!way) return;
    const stops = [search, ...all], next = stops[stops.indexOf(event.target) + way];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
})();
