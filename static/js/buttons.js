// htmx adds the button of a form that had the focus last to whatever that form sends, and sends it to the button's formaction. In the
// composer and the matrix the form also asks by itself, while a button (*Use original*, taking a prompt out) happens to have the
// focus: its meaning must not go along. Such a button's own click is its own request (hx-post) or its script's.
(function () {
  "use strict";
  for (const name of ["focusin", "click"]) {
    document.addEventListener(name, (event) => { // after htmx, which listens at the form
      const form = event.target.closest?.("form[data-composer], form[data-matrix]"), kept = form?.["htmx-internal-data"];
      if (kept) kept.lastButtonClicked = null;
    });
  }
})();
