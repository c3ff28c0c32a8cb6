// Adds the CSRF token of <body data-csrf> to what htmx sends, and says in words when a request failed.
(function () {
  "use strict";
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = document.body.dataset.csrf;
  });
  const say = (words) => document.dispatchEvent(new CustomEvent("studio:toast", { detail: { text: words, level: "error" } }));
  document.addEventListener("htmx:responseError", (event) => {
    const told = event.detail.xhr.getResponseHeader("HX-Trigger")?.includes("studio:toast"); // the server said why
    if (!told) say(document.body.dataset.sayError);
  });
  // nobody sends it again by itself; that the page itself is out of touch is said by live.js
  document.addEventListener("htmx:sendError", (event) => {
    const { sayNotSent, sayNotLoaded } = document.body.dataset;
    say(event.detail.requestConfig?.verb === "get" ? sayNotLoaded : sayNotSent);
  });
})();
