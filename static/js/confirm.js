// Asks before a form, link or htmx request goes out: data-confirm="what it means", data-confirm-title, data-confirm-ok,
// data-confirm-keep, data-confirm-danger. A real dialog, so the words can be long and the answer is in the words of the
// buttons. Without this script the form posts as it stands.
(function () {
  "use strict";
  let dialog;
  function build() {
    dialog = document.createElement("dialog");
    dialog.className = "dialog small";
    dialog.dataset.dialog = "";
    dialog.setAttribute("aria-labelledby", "confirm-title");
    dialog.setAttribute("aria-describedby", "confirm-text");
    dialog.innerHTML = '<header><h2 id="confirm-title"></h2></header><div class="body"><p id="confirm-text"></p>' +
      '<div class="foot"><button type="button" class="btn quiet" value="keep"></button><button type="button" class="btn" value="ok"></button></div></div>';
    document.body.append(dialog);
  }
  function ask(element) {
    if (!dialog) build();
    const { confirm, confirmTitle, confirmOk, confirmKeep } = element.dataset;
    const [keep, ok] = dialog.querySelectorAll("button");
    dialog.querySelector("h2").textContent = confirmTitle || document.body.dataset.saySure;
    dialog.querySelector("p").textContent = confirm;
    ok.textContent = confirmOk || element.querySelector("button:not([type=button])")?.textContent || element.textContent.trim() || "OK";
    ok.classList.toggle("danger", element.hasAttribute("data-confirm-danger"));
    keep.textContent = confirmKeep || document.body.dataset.sayKeep;
    return new Promise((resolve) => {
      let answer = false;
      ok.onclick = () => { answer = true; dialog.close(); };
      keep.onclick = () => dialog.close();
      dialog.onclose = () => resolve(answer);
      dialog.showModal();
      keep.focus();
    });
  }

  document.addEventListener("submit", (event) => {
    const source = [event.submitter, event.target].find((element) => element?.hasAttribute?.("data-confirm"));
    if (!source || source.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    ask(source).then((yes) => {
      if (!yes) return;
      source.dataset.confirmed = "1";
      event.target.requestSubmit(submitter && submitter.form === event.target ? submitter : null);
      delete source.dataset.confirmed;
    });
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-confirm]");
    if (!link) return;
    event.preventDefault();
    ask(link).then((yes) => { if (yes) location.assign(link.href); });
  });
  document.addEventListener("htmx:confirm", (event) => {
    const element = event.detail.elt;
    if (!element.hasAttribute("data-confirm") || element.matches("form")) return;
    event.preventDefault();
    ask(element).then((yes) => { if (yes) event.detail.issueRequest(true); });
  });
})();
