// The dialog over one file. Contract (templates/generations/_fix.html):
//   form[data-fix] posts by htmx and takes the composer's fields along, once the answer is there the dialog closes; or it posts by itself
//   fix_op says what is done; [data-when="crop pad"] belongs to those ways and is neither shown nor sent with another
//   fix_ratio: [data-number] (width by height), [data-cropped] and [data-padded] say what the copy will be
//   [data-cropper data-own data-wanted] holds the picture and [data-crop-window]: dragged, or moved by the
//     arrow keys (Shift: further, Home and End: to the edges); fix_x and fix_y say where, 0 left or top, 1 right or bottom
//   [data-part data-shortest data-longest] holds a video or audio and the ranges fix_start_s and fix_end_s, or fix_at_s;
//     moving one shows that moment; [data-part-words] says the part, [data-part-play] plays it alone
// Without this script the one-click fix at the slot does the usual.
(function () {
  "use strict";
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const round = (value) => String(Math.round(value * 10000) / 10000);

  // --- the ways: what belongs to another one is neither seen nor sent ------------------------------------
  const wayOf = (form) => form.elements.fix_op?.value || "";
  function show(form) {
    for (const part of form.querySelectorAll("[data-when]")) {
      part.hidden = !part.dataset.when.split(" ").includes(wayOf(form));
      if (part.matches("fieldset")) part.disabled = part.hidden;
    }
    form.dispatchEvent(new CustomEvent("fix:shown"));
  }
  function told(form) {
    const ratio = form.querySelector("[name=fix_ratio]:checked");
    for (const way of ["crop", "pad"]) {
      const place = form.querySelector(`dd[data-when="${way}"]`);
      if (place && ratio) place.textContent = ratio.dataset[way === "crop" ? "cropped" : "padded"];
    }
    const pad = form.querySelector(".padder");
    if (pad && ratio) shape(pad, `${ratio.dataset.number} / 1`, Number(ratio.dataset.number));
  }
  function shape(box, ar, ratio) {
    box.style.setProperty("--ar", ar);
    box.style.setProperty("--ratio", String(ratio));
  }

  // --- crop -----------------------------------------------------------------------------------------
  function crop(box) {
    const form = box.closest("form"), window_ = box.querySelector("[data-crop-window]"), own = Number(box.dataset.own);
    let across, share, field; // it moves from side to side, else up and down
    const put = (name, value) => window_.style.setProperty(`--${name}`, `${value * 100}%`);
    function fit(wanted) {
      across = own > wanted;
      share = across ? wanted / own : own / wanted;
      field = form.elements[across ? "fix_x" : "fix_y"];
      put("wide", across ? share : 1);
      put("high", across ? 1 : share);
      put(across ? "top" : "left", 0);
      window_.setAttribute("aria-orientation", across ? "horizontal" : "vertical");
    }
    fit(Number(box.dataset.wanted));
    form.addEventListener("change", (event) => {
      if (event.target.name !== "fix_ratio") return;
      form.elements.fix_x.value = form.elements.fix_y.value = "0.5";
      fit(Number(event.target.dataset.number));
      move(0.5);
    });
    function move(to) {
      const at = clamp(to, 0, 1);
      field.value = round(at);
      put(across ? "left" : "top", at * (1 - share));
      window_.setAttribute("aria-valuenow", String(Math.round(at * 100)));
      window_.setAttribute("aria-valuetext", `${Math.round(at * 100)} %`);
    }
    move(Number(field.value));
    window_.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? 0.1 : 0.02, now = Number(field.value);
      const to = { ArrowLeft: now - step, ArrowUp: now - step, ArrowRight: now + step, ArrowDown: now + step, Home: 0, End: 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      move(to);
    });
    let held = null;
    const place = (event) => (across ? event.clientX : event.clientY);
    window_.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      window_.setPointerCapture(event.pointerId);
      held = { from: place(event), at: Number(field.value) };
    });
    window_.addEventListener("pointermove", (event) => {
      if (!held) return;
      const size = box.getBoundingClientRect(), room = (across ? size.width : size.height) * (1 - share);
      if (room > 0) move(held.at + (place(event) - held.from) / room);
    });
    for (const name of ["pointerup", "pointercancel"]) window_.addEventListener(name, () => { held = null; });
  }

  // --- a part of a clip or sound, or one picture of it --------------------------------------------------
  function part(box) {
    const form = box.closest("form"), media = box.querySelector("video, audio"), words = box.querySelector("[data-part-words]");
    const { fix_start_s: start, fix_end_s: end, fix_at_s: moment } = form.elements;
    const isPicture = () => wayOf(form) === "frame";
    const shortest = Number(box.dataset.shortest), longest = Number(box.dataset.longest);
    const say = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name].toFixed(1));
    const seek = (seconds) => { media.pause(); if (media.readyState) media.currentTime = seconds; };
    let until = null;
    function told() {
      if (isPicture()) { words.textContent = say(box.dataset.sayAt, { at: Number(moment.value) }); return; }
      const from = Number(start.value), to = Number(end.value);
      words.textContent = say(box.dataset.sayPart, { start: from, end: to, length: to - from, whole: Number(end.max) });
      start.setAttribute("aria-valuetext", `${from.toFixed(1)} s`);
      end.setAttribute("aria-valuetext", `${to.toFixed(1)} s`);
    }
    // the other end follows, so that the part stays as long as the model takes
    function keep(moved) {
      const whole = Number(end.max), from = Number(start.value), to = Number(end.value);
      if (moved === start) {
        start.value = clamp(from, 0, whole - shortest);
        end.value = clamp(to, Number(start.value) + shortest, Number(start.value) + longest);
      } else {
        end.value = clamp(to, shortest, whole);
        start.value = clamp(from, Number(end.value) - longest, Number(end.value) - shortest);
      }
    }
    box.addEventListener("input", (event) => {
      if (event.target.type !== "range") return;
      if (!isPicture()) keep(event.target);
      until = null;
      told();
      seek(Number(event.target.value));
    });
    box.querySelector("[data-part-play]")?.addEventListener("click", () => {
      media.currentTime = Number(start.value);
      until = Number(end.value);
      media.play().catch(() => {});
    });
    media.addEventListener("timeupdate", () => {
      if (until === null || media.currentTime < until) return;
      media.pause();
      until = null;
    });
    media.addEventListener("error", () => { box.querySelector("[data-unplayable]").hidden = false; });
    form.addEventListener("fix:shown", told);
    told();
  }

  function attach(root) {
    for (const form of root.querySelectorAll?.("form[data-fix]") || []) {
      form.querySelectorAll("[data-cropper], .padder").forEach((box) => {
        const [w, h] = box.dataset.ar.split("/").map(Number);
        shape(box, `${w} / ${h}`, w / h);
      });
      form.addEventListener("change", (event) => {
        if (event.target.name === "fix_op") show(form);
        if (event.target.name === "fix_ratio") told(form);
      });
      form.querySelectorAll("[data-cropper]").forEach(crop);
      form.querySelectorAll("[data-part]").forEach(part);
      show(form);
      told(form);
    }
  }
  // on a phone the prompt shrinks when it loses the keyboard: what is pressed above it must not move away meanwhile
  document.addEventListener("mousedown", (event) => {
    const pressed = event.target.closest?.("#composer .slots button, #composer .reasons button");
    if (pressed && document.activeElement?.matches("#composer .prompt")) event.preventDefault();
  });
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target?.id === "dialog-host") attach(event.detail.target); });
  document.addEventListener("htmx:afterRequest", (event) => {
    const from = event.detail.elt;
    if (event.detail.successful && from.matches?.("form[data-fix], [data-fix-original]")) from.closest("dialog")?.close();
  });
})();
