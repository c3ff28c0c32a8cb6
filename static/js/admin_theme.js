// The person's theme on <html>, before anything is drawn: the admin's own page has no place for it.
document.documentElement.dataset.theme = document.querySelector("meta[name=studio-theme]").content;
