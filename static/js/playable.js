// A clip or sound that this browser has no decoder for says so: the [data-unplayable] beside it is shown, and an empty player is not.
(function () {
  "use strict";
  for (const note of document.querySelectorAll("[data-unplayable]")) {
    const media = note.parentElement.querySelector("video, audio");
    const show = () => { note.hidden = false; if (media.matches("audio")) media.hidden = true; else media.controls = false; };
    if (media.error) show(); // before this script came
    media.addEventListener("error", show);
  }
})();
