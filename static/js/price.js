// The price on the composer's button. Contract:
//   form#composer[data-quote-url][data-say-unknown] with button[data-generate] that holds [data-price], beside it [data-price-basis],
//     [data-price-left] and [data-price-why]; the hidden shown_usd is what the person saw
//   POST quote-url, the form -> {"amount": "$3.02"|null|"" (none yet), "shown": "3.02"|"unknown"|"", "basis": "Quoted", "left": "$21.98 left today", "near": "$18 of $20 used this
//   month" once people are warned, "words": "…", "why": "…", "closed": true where a limit has no room, "more_url" where more of it is asked for}
// Studio.price: now() asks at once, soon() a moment after the last change; reopen() is told that another request is to be priced.
(function () {
  "use strict";
  const { form, values, post, later, toast, isLaying } = window.Studio.composer, { isPaying } = window.Studio.refit;

  let quoting, quotedAt = 0;
  async function quote() {
    const composer = form();
    if (!composer?.dataset.quoteUrl || isLaying()) return; // asked once that composer is there
    quoting?.abort();
    quoting = new AbortController();
    const button = composer.querySelector("[data-generate]");
    button.classList.add("pending");
    try {
      const reply = await post(composer.dataset.quoteUrl, values(composer), { signal: quoting.signal });
      if (!reply.ok) throw new Error(String(reply.status));
      show(composer, await reply.json());
      quotedAt = Date.now();
      isBack();
    } catch (error) {
      if (error.name === "AbortError") return;
      show(composer, { amount: "", basis: "", shown: "" }); // no price was seen: nothing is agreed to
      if (!/^4/.test(error.message)) askAgain();
    }
    button.classList.remove("pending");
  }
  function show(composer, price) {
    if (isLaying()) return;
    const write = (name, text) => { const element = composer.querySelector(`[${name}]`); if (element) element.textContent = text || ""; };
    write("data-price", price.amount ?? composer.dataset.sayUnknown);
    write("data-price-basis", price.basis);
    write("data-price-left", price.left);
    write("data-price-near", price.near);
    const said = [...composer.querySelectorAll("#composer-notes .error")].map((element) => element.textContent).join(" ");
    write("data-price-why", price.why && !said.includes(price.why) ? price.why : "");
    const more = composer.querySelector("[data-price-more]"); // beside the words of a limit
    if (more) { more.hidden = !price.more_url || said.includes(price.why); more.querySelector("a").href = price.more_url || ""; }
    // what the person saw goes back with the form: a higher price is never taken unseen
    if (composer.elements.shown_usd) composer.elements.shown_usd.value = price.shown ?? "";
    const button = composer.querySelector("[data-generate]");
    button.title = price.words || "";
    close(button, price.closed ? price.why : "");
  }
  // a limit has no room: the button says so and does nothing, and opens by itself once there is room
  let closed = "";
  function close(button, why) {
    closed = why;
    if (why || isLaying()) button.setAttribute("aria-disabled", "true"); else button.removeAttribute("aria-disabled");
  }
  document.addEventListener("submit", (event) => {
    const by = event.submitter;
    if (!closed || !event.target.matches("[data-composer]") || (by && !by.matches("[data-generate], [data-default]"))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    toast(closed);
    if (!form().querySelector("[data-generate].pending")) quote(); // one that runs will tell
  }, true);
  document.addEventListener("studio:swapped", () => { if (closed) quoteSoon(); });
  const quoteSoon = later(350, quote);
  // a price is at most a minute old as long as its page is looked at
  const LASTS = 60000, LOOKS = 5000, CLOSED = 15000;
  const renew = () => { if (quotedAt && Date.now() - quotedAt > (closed ? CLOSED : LASTS) && !document.hidden && form() && !isPaying()) { quotedAt = Date.now(); quote(); } };
  setInterval(renew, LOOKS);
  document.addEventListener("visibilitychange", renew);
  // the connection broke, or the studio is being started again: the price comes by itself once it is back
  const ASK_AGAIN = 4000;
  let lost = false;
  const askLater = later(ASK_AGAIN, () => (document.hidden ? askLater() : quote()));
  function askAgain() { lost = true; askLater(); }
  function isBack() { if (lost) document.dispatchEvent(new CustomEvent("live:refresh")); lost = false; }
  // a click that did not get through: what was agreed to then is asked about now, since the price may have moved
  document.addEventListener("htmx:sendError", (event) => { if (event.detail.elt.matches?.("form[data-composer]")) quote(); });
  // the price that closed the button was another request's
  const reopen = () => { if (closed) close(form().querySelector("[data-generate]"), ""); };

  window.Studio = { ...window.Studio, price: { now: quote, soon: quoteSoon, reopen } };
})();
