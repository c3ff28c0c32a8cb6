// A recipe pasted into the prompt box (the JSON that a take's page gives away) is offered as one: fill the composer from it, or paste the text.
(function () {
  "use strict";
  const form = () => document.querySelector("form[data-composer]");
  const notice = () => document.getElementById("composer-recipe");
  let text = "";

  function read(pasted) {
    if (!/^\s*\{/.test(pasted) || pasted.length > 200000) return null;
    try {
      const found = JSON.parse(pasted);
      return found && typeof found.request === "object" && found.request && found.model ? found : null;
    } catch { return null; }
  }
  document.addEventListener("paste", (event) => {
    if (event.target.name !== "prompt" || event.target.form !== form() || event.clipboardData?.files.length) return;
    const pasted = event.clipboardData?.getData("text/plain") || "", recipe = read(pasted);
    if (!recipe) return;
    event.preventDefault();
    text = pasted;
    notice()?.remove();
    const offer = form().querySelector("template[data-recipe-offer]").content.firstElementChild.cloneNode(true);
    const words = String(recipe.request.prompt || "").slice(0, 60);
    offer.querySelector("[data-recipe-name]").textContent = [recipe.model, words].filter(Boolean).join(" · ");
    form().elements.prompt.after(offer);
    offer.querySelector("[data-recipe-fill]").focus();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-recipe-text]")) {
      const area = form().elements.prompt;
      notice().remove();
      area.focus();
      area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (event.target.closest("[data-recipe-fill]")) {
      notice().remove();
      htmx.ajax("POST", form().dataset.recipeUrl, { source: form(), target: "#composer", swap: "morph:outerHTML", values: { recipe: text } })
        .then(() => form()?.elements.prompt.focus());
    }
  });
})();
