// A link without a passphrase opens by itself: programs that only look at an address run no scripts, and use up no view.
(function () {
  "use strict";
  const form = document.querySelector("form[data-door]");
  if (form && !document.hidden) form.requestSubmit();
})();
