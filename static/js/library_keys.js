// The files of the library by keyboard: the keys of the gallery (generations/keys.py) walk the wall, tick, write a tag, throw away and undo what was
// done last, by the bar of select.js and the way back in its message. What is ticked stays ticked after a tag or a share: the answer is a new page.
(function () {
  "use strict";
  const KEPT = "library-ticked", GOES_ON = ["tag", "untag", "share", "unshare"];
  const bar = document.getElementById("selection");
  if (!bar) return;
  const cards = () => [...document.querySelectorAll("#library .asset")];
  const current = () => document.activeElement.closest?.("#library .asset");
  const tickOf = (card) => card?.querySelector("[data-tick]");
  function across() {
    const all = cards(), next = all.findIndex((card) => card.offsetTop > all[0].offsetTop);
    return next < 0 ? all.length : next;
  }
  const go = (steps) => () => {
    const all = cards(), at = all.indexOf(current());
    if (!all.length) return false;
    const to = at < 0 ? all[0] : all[at + steps()];
    to?.querySelector(".pic").focus();
    to?.scrollIntoView({ block: "nearest" });
  };
  const press = (button) => { if (!button) return false; button.click(); };
  function trash() {
    const ticked = document.querySelector("[data-tick]:checked"), one = tickOf(current());
    if (!ticked && !one) return false;
    if (!ticked) one.click();
    return press(bar.querySelector(".of-live[value=trash]"));
  }
  const does = {
    "cull-left": go(() => -1), "cull-right": go(() => 1), "cull-up": go(() => -across()), "cull-down": go(across),
    "cull-tick": () => press(tickOf(current())),
    "cull-all": () => press(bar.querySelector("[data-select-all]")),
    "cull-tag": () => { if (!document.querySelector("[data-tick]:checked") && press(tickOf(current())) === false) return false; bar.elements.tags.focus(); },
    "cull-trash": trash,
    "cull-undo": () => press(document.querySelector(".toast form button")),
  };
  const unless = "input:not([type=checkbox]), textarea, select, [contenteditable]";
  for (const [name, run] of Object.entries(does)) studioKeys.on(name, run, { unless });

  document.addEventListener("submit", (event) => {
    const isUndo = Boolean(event.target.closest("#toasts")), act = event.submitter?.value || "tag"; // Enter in the field adds the tag
    if (event.target !== bar && !isUndo) return;
    const ticked = [...document.querySelectorAll("[data-tick]:checked")], kept = isUndo || GOES_ON.includes(act) ? ticked.map((box) => box.value) : [];
    const at = cards().indexOf(current() || ticked[0]?.closest(".asset"));
    try { sessionStorage.setItem(KEPT, JSON.stringify({ kept, at })); } catch { /* private window */ }
  });
  function goOn() {
    const { kept, at } = JSON.parse(sessionStorage.getItem(KEPT) || "{}");
    sessionStorage.removeItem(KEPT);
    for (const box of document.querySelectorAll("[data-tick]")) box.checked = box.checked || Boolean(kept?.includes(box.value));
    if (at >= 0 && document.activeElement === document.body) cards()[Math.min(at, cards().length - 1)]?.querySelector(".pic").focus({ preventScroll: true });
  }
  try { goOn(); } catch { /* nothing was kept */ }
})();
