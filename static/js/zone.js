// Days begin at midnight where the reader is: an address that names no time zone is opened again with the browser's own.
// From then on every link carries it, so that whoever gets the link sees the same numbers.
(function () {
  "use strict";
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const asked = new URLSearchParams(location.search);
  const page = document.querySelector("[data-zone]");
  if (!page || !zone || asked.has("tz") || zone === page.dataset.zone) return;
  asked.set("tz", zone);
  location.replace(`${location.pathname}?${asked}${location.hash}`);
})();
