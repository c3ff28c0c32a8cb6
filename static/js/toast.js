// Toasts: server messages leave after a while; scripts dispatch "studio:toast" on document with {text, level}, and the
// server may send HX-Trigger: {"studio:toast": {"text": "…"}}. Hovered or focused ones stay. With {joins, many} a second one of the same
// name takes the place of the first and says many. With {action: {words, url, values, undoes}} a button in it posts them; `undoes` {change, group, takes} names
// what that takes back, and "takes:changed" with such a value says what was done since: where that is the same change, or one of its group on the same takes
// (none named: on any), there is nothing left to undo and the toast goes. A pointer that only happens to rest there keeps no toast; one that moves over it does.
(function () {
  "use strict";
  const host = document.getElementById("toasts");
  if (!host) return;
  if (host.showPopover) host.setAttribute("popover", "manual");

  // above dialogs: the region enters the top layer again each time something is said
  function raise() {
    if (!host.showPopover) return;
    if (host.matches(":popover-open")) host.hidePopover();
    if (host.children.length) host.showPopover();
  }
  function leave(toast) {
    toast.remove();
    if (!host.children.length && host.showPopover && host.matches(":popover-open")) host.hidePopover();
  }
  function arm(toast) {
    if (toast.dataset.armed) return;
    toast.dataset.armed = "1";
    const patience = toast.classList.contains("error") ? 12000 : toast.querySelector("form, a, [data-toast-action]") ? 10000 : 6000;
    let timer = setTimeout(() => leave(toast), patience);
    const hold = () => clearTimeout(timer);
    const go = () => { clearTimeout(timer); timer = setTimeout(() => leave(toast), 3000); };
    for (const name of ["pointermove", "focusin"]) toast.addEventListener(name, hold);
    for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, go);
  }

  function button(toast, { words, url, values }) {
    const does = document.createElement("button");
    does.type = "button"; does.className = "btn s"; does.textContent = words; does.dataset.toastAction = "";
    does.addEventListener("click", () => { leave(toast); window.htmx?.ajax("POST", url, { target: document.body, swap: "none", values }); });
    return does;
  }

  const undoes = new WeakMap();
  document.addEventListener("takes:changed", (event) => {
    const { change, group, takes } = event.detail;
    const meet = (its) => its.group === group && (!takes.length || !its.takes.length || its.takes.some((id) => takes.includes(id)));
    for (const toast of [...host.children]) { const its = undoes.get(toast); if (its && (its.change === change || meet(its))) leave(toast); }
  });

  document.addEventListener("studio:toast", (event) => {
    const { text: own, level, joins, many, action } = event.detail || {};
    if (!own) return;
    const before = joins && [...host.children].find((old) => old.dataset.joins === joins), text = before ? many : own;
    before?.remove();
    const same = [...host.children].find((old) => old.querySelector("span")?.textContent === text);
    if (same && !action) return;
    same?.remove(); // its button would undo another change
    const toast = document.createElement("div");
    toast.className = `toast ${level || ""}`.trim();
    if (joins) toast.dataset.joins = joins;
    const words = document.createElement("span");
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button"; close.className = "close"; close.dataset.toastClose = "";
    close.setAttribute("aria-label", document.body.dataset.sayClose); close.textContent = "×";
    toast.append(words, ...(action ? [button(toast, action)] : []), close);
    if (action?.undoes) undoes.set(toast, action.undoes);
    host.append(toast);
  });
  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-toast-close]");
    if (close) leave(close.closest(".toast"));
  });
  new MutationObserver((changes) => {
    if (!changes.some((change) => change.addedNodes.length)) return;
    for (const toast of host.children) arm(toast);
    raise();
  }).observe(host, { childList: true });
  for (const toast of host.children) arm(toast);
  raise();
})();
