// A clip or sound that this browser has no decoder for says so: the [data-unplayable] beside it is shown, and an empty player is not.
// Of a clip whose sound alone it can decode a browser reports no error: it plays a picture of no size.
(function () {
  "use strict";
  const HAVE_METADATA = 1;
  for (const note of document.querySelectorAll("[data-unplayable]")) {
    const media = note.parentElement.querySelector("video, audio");
    const show = () => { note.hidden = false; if (media.matches("audio")) media.hidden = true; else media.controls = false; };
    const look = () => { if (media.error || (media.matches("video") && media.readyState >= HAVE_METADATA && !media.videoWidth)) show(); };
    look(); // before this script came
    for (const name of ["error", "loadedmetadata"]) media.addEventListener(name, look);
  }
})();
