// [data-copy="text"] or [data-copy-from="id"] puts the text on the clipboard and says so.
(function () {
  "use strict";
  document.addEventListener("click", async (event) => {
    const element = event.target.closest("[data-copy], [data-copy-from]");
    if (!element) return;
    event.preventDefault();
    const source = document.getElementById(element.dataset.copyFrom);
    const text = source ? source.value ?? source.textContent : element.dataset.copy || element.textContent.trim();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const box = document.createElement("textarea"); // plain http has no clipboard API
      box.value = text;
      box.className = "vh";
      (element.closest("dialog") || document.body).append(box);
      box.select();
      document.execCommand("copy");
      box.remove();
      element.focus();
    }
    element.classList.add("copied");
    setTimeout(() => element.classList.remove("copied"), 1200);
    document.dispatchEvent(new CustomEvent("studio:toast", { detail: { text: document.body.dataset.sayCopied } }));
  });
})();
