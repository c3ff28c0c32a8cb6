// Dialogs: [data-dialog-open="id"] opens a native <dialog>; a click on the backdrop closes it; [data-dialog-close] closes.
// A <dialog data-dialog-auto> that arrives by htmx (into #dialog-host) or with the page opens at once. A key opens #keys-dialog.
(function () {
  "use strict";
  const open = (dialog) => {
    if (!dialog || dialog.open) return;
    document.querySelectorAll("[popover]:popover-open").forEach((popover) => { if (popover.id !== "toasts") popover.hidePopover(); });
    dialog.showModal();
    const first = dialog.querySelector("[autofocus], .body input:not([type=hidden]), .body select, .body textarea, .body .btn, .body a");
    if (first) first.focus();
    if (first?.tabIndex < 0) dialog.scrollTop = 0; // something to read, from its title on
  };
  const auto = (root) => {
    if (root.matches?.("dialog[data-dialog-auto]")) open(root);
    root.querySelectorAll?.("dialog[data-dialog-auto]").forEach(open);
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) {
      event.preventDefault();
      return open(document.getElementById(opener.dataset.dialogOpen));
    }
    if (event.target.closest("[data-dialog-close]")) return event.target.closest("dialog")?.close();
    if (event.target.matches("dialog[data-dialog]") && !event.target.hasAttribute("data-dialog-strict")) {
      const box = event.target.getBoundingClientRect();
      const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside && event.detail) event.target.close();
    }
  });
  document.addEventListener("close", (event) => {
    if (event.target.closest?.("#dialog-host")) event.target.remove();
  }, true);
  studioKeys.on("keys", () => {
    const keys = document.getElementById("keys-dialog");
    if (!keys) return false;
    open(keys);
  });
  document.addEventListener("htmx:afterSwap", (event) => auto(event.detail.target));
  auto(document);
})();
