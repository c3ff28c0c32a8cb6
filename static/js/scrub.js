// Scrubs [data-strip] (one picture of ten tiles side by side, data-duration in seconds) under a mouse or a finger. The strip loads on
// first contact and lies over the poster, so nothing moves. A tap still opens the take.
(function () {
  "use strict";
  const TILES = 10;
  const loads = new Map();
  const load = (url) => {
    if (!loads.has(url)) {
      loads.set(url, new Promise((resolve, reject) => {
        const picture = new Image();
        picture.onload = resolve;
        picture.onerror = reject;
        picture.src = url;
      }));
      loads.get(url).catch(() => loads.delete(url));
    }
    return loads.get(url);
  };
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  function move(pic, x) {
    const box = pic.getBoundingClientRect();
    const at = Math.min(Math.max((x - box.left) / box.width, 0), 0.9999);
    let layer = pic.querySelector(".scrub");
    if (!layer) {
      layer = document.createElement("span");
      layer.className = "scrub";
      layer.setAttribute("aria-hidden", "true");
      const url = pic.dataset.strip;
      load(url).then(() => {
        layer.style.backgroundImage = `url("${url.replace(/["\\\n]/g, encodeURIComponent)}")`;
        layer.dataset.ready = "";
        if (pic.matches(":hover") || pic.dataset.touching) pic.classList.add("scrubbing");
      }, () => layer.remove());
      pic.append(layer);
    }
    layer.style.backgroundPositionX = `${(Math.floor(at * TILES) / (TILES - 1)) * 100}%`;
    layer.style.setProperty("--at", `${at * 100}%`);
    if ("ready" in layer.dataset) pic.classList.add("scrubbing");
    const duration = parseFloat(pic.dataset.duration);
    if (duration) layer.title = clock(at * duration);
  }
  const leave = (pic) => { pic.classList.remove("scrubbing"); delete pic.dataset.touching; };

  document.addEventListener("pointermove", (event) => {
    const pic = event.target.closest?.("[data-strip]");
    if (pic && event.pointerType !== "touch") move(pic, event.clientX);
  }, { passive: true });
  document.addEventListener("pointerout", (event) => {
    const pic = event.target.closest?.("[data-strip]");
    if (pic && !pic.contains(event.relatedTarget)) leave(pic);
  });
  document.addEventListener("touchmove", (event) => {
    const pic = event.target.closest?.("[data-strip]");
    if (!pic || event.touches.length !== 1) return;
    pic.dataset.touching = "1";
    move(pic, event.touches[0].clientX);
  }, { passive: true });
  for (const name of ["touchend", "touchcancel"]) {
    document.addEventListener(name, (event) => {
      const pic = event.target.closest?.("[data-strip]");
      if (pic) leave(pic);
    }, { passive: true });
  }
})();
