// form[data-rebind]: a key pressed in one of its text fields is written there. Tab and Enter keep what they do; Delete and Backspace empty the field.
(function () {
  "use strict";
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches("[data-rebind] input:not([type=hidden])") || event.key === "Tab" || event.key === "Escape") return;
    const combo = studioKeys.comboOf(event);
    if (!combo || combo === "Enter") return;
    event.preventDefault();
    event.target.value = ["Delete", "Backspace"].includes(combo) ? "" : combo;
    event.target.removeAttribute("aria-invalid");
  });
})();
