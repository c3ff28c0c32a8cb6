// [data-listen="address of a sound"][aria-pressed]: a button that plays it, and stops it again; one sound at a time.
(function () {
  "use strict";
  let sound, button;
  function stop() {
    sound?.pause();
    button?.setAttribute("aria-pressed", "false");
    sound = button = null;
  }
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-listen]");
    if (!pressed) return;
    event.preventDefault();
    const again = pressed === button;
    stop();
    if (again) return;
    button = pressed;
    button.setAttribute("aria-pressed", "true");
    sound = new Audio(pressed.dataset.listen);
    sound.addEventListener("ended", stop);
    sound.play().catch(() => { if (button === pressed) stop(); });
  });
})();
