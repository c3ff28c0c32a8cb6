// Names in the prompt drawn where they stand: a wash over each, its picture over the "@[", its "]" out of sight. Contract:
//   .promptbox > textarea[name=prompt] + [data-named] (a layer over it that takes no clicks); Studio.names of mention.js
// The text stays plain text in a textarea, so undo, the spelling check and every keyboard stay the browser's own.
// A name in which the caret stands shows as it is written. Nothing here is needed to send the form.
(function () {
  "use strict";
  const area = () => document.querySelector("form[data-composer]")?.elements.prompt;
  const layer = () => area()?.parentElement.querySelector("[data-named]");

  const state = (option) => (option && !option.dataset.add && !("lost" in option.dataset) ? "on" : "lost");
  // [{from, to, open, close, option, kind}] in the order of the text; a bare @word that names nothing is only a word
  function found(text) {
    const { TOKEN, BARE, known, beyond } = window.Studio.names;
    const whole = [...text.matchAll(TOKEN)].map((hit) => ({ from: hit.index, to: hit.index + hit[0].length, open: 2, close: 1, option: known(hit[1]) }));
    const masked = text.replace(TOKEN, (words) => "]".repeat(words.length)); // as long as it was: places stay right
    const bare = [...masked.matchAll(BARE)].map((hit) => ({ from: hit.index, to: hit.index + hit[0].length, open: 1, close: 0, option: known(hit[1]) }));
    const astray = beyond(masked).map((hit) => ({ from: hit.index, to: hit.index + hit.text.length, open: 0, close: 0, option: null }));
    return [...whole, ...bare.filter((one) => one.option), ...astray].map((one) => ({ ...one, kind: state(one.option) })).sort((a, b) => a.from - b.from);
  }

  function piece(words, picture) {
    const cover = document.createElement("i");
    cover.append(words);
    if (picture) cover.append(picture.cloneNode(true));
    return cover;
  }
  function drawn(text, one, caret) {
    const span = document.createElement("span"), words = text.slice(one.from, one.to);
    span.className = one.kind;
    const picture = one.option?.querySelector(".pic")?.firstElementChild;
    if (one.kind === "lost" || !picture || (caret >= one.from && caret <= one.to)) span.append(words);
    else {
      span.append(piece(words.slice(0, one.open), picture), words.slice(one.open, words.length - one.close));
      if (one.close) span.append(piece(words.slice(-one.close)));
    }
    return span;
  }
  const caretIn = (box) => (document.activeElement === box ? box.selectionEnd : -1);
  const heldBy = (names, caret) => names.findIndex((one) => caret >= one.from && caret <= one.to);
  let shown = { text: "", names: [], held: -1 }; // held: the name in which the caret stands
  function draw() {
    const box = area(), over = layer();
    if (!box || !over || !window.Studio?.names) return;
    const text = box.value, caret = caretIn(box), names = found(text);
    shown = { text, names, held: heldBy(names, caret) };
    const parts = [];
    let at = 0;
    for (const one of names) {
      parts.push(text.slice(at, one.from), drawn(text, one, caret));
      at = one.to;
    }
    over.hidden = !parts.length;
    if (over.hidden) return over.replaceChildren();
    over.replaceChildren(...parts, `${text.slice(at)}\n`); // a last line that is empty counts in a textarea
    over.style.width = `${box.clientWidth}px`; // without the room that its scrollbar takes
    over.scrollTop = box.scrollTop;
  }
  let waiting = 0;
  const soon = () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(draw); };

  document.addEventListener("input", (event) => { if (event.target === area()) soon(); });
  // the caret alone changes what is drawn only where it comes into a name or leaves one; a key moves it as well
  document.addEventListener("selectionchange", () => {
    const box = area();
    if (document.activeElement !== box || layer()?.hidden) return;
    if (box.value !== shown.text || heldBy(shown.names, caretIn(box)) !== shown.held) soon();
  });
  for (const name of ["focusin", "focusout"]) document.addEventListener(name, (event) => { if (event.target === area()) soon(); });
  document.addEventListener("scroll", (event) => { if (event.target === area() && layer()) layer().scrollTop = area().scrollTop; }, { capture: true, passive: true });
  addEventListener("resize", soon, { passive: true });
  for (const name of ["htmx:afterSwap", "htmx:afterSettle"]) document.addEventListener(name, draw);
  document.addEventListener("composer:filled", soon);
  document.fonts?.ready.then(draw);
  draw();
})();
