// Theme: [data-theme-set="dark|light|auto"] chooses. The choice goes into a cookie, so that the server writes it
// before the first paint, and to <body data-theme-url> for the person when there is one.
(function () {
  "use strict";
  const root = document.documentElement;
  const mark = () => document.querySelectorAll("[data-theme-set]").forEach((button) =>
    button.setAttribute("aria-checked", String(button.dataset.themeSet === root.dataset.theme)));

  function choose(theme) {
    root.dataset.theme = theme;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    mark();
    const url = document.body.dataset.themeUrl;
    if (url) {
      fetch(url, {
        method: "POST",
        headers: { "X-CSRFToken": document.body.dataset.csrf, "Content-Type": "application/x-www-form-urlencoded" },
        body: `theme=${theme}`,
      }).catch(() => {});
    }
  }

  document.addEventListener("click", (event) => {
    const set = event.target.closest("[data-theme-set]");
    if (set) choose(set.dataset.themeSet);
  });
  mark();
})();
