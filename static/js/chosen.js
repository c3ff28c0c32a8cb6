// Files that a plain form will send are seen before: input[type=file][data-choose] fills [data-chosen] of its form with their names and pictures. Files
// dropped on the page or pasted join those that were chosen; choosing again joins them too, and nothing is lost. Without this script the
// browser says how many there are.
(function () {
  "use strict";
  const input = document.querySelector("input[type=file][data-choose]"), list = input?.form.querySelector("[data-chosen]");
  if (!list) return;
  let files = [];
  const same = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
  function item(file) {
    const row = document.createElement("li"), cover = document.createElement("span"), name = document.createElement("span");
    cover.className = "cover";
    name.className = "clip small";
    name.textContent = name.title = file.name;
    if (file.type.startsWith("image/")) {
      const picture = document.createElement("img");
      picture.alt = "";
      picture.onload = picture.onerror = () => URL.revokeObjectURL(picture.src);
      picture.src = URL.createObjectURL(file);
      cover.append(picture);
    }
    else cover.textContent = file.name.split(".").pop().slice(0, 5).toUpperCase();
    row.append(cover, name, out(file));
    return row;
  }
  function out(file) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn quiet s";
    button.textContent = list.dataset.sayOut;
    button.setAttribute("aria-label", `${list.dataset.sayOut}: ${file.name}`);
    button.addEventListener("click", () => { put(files.filter((other) => other !== file)); input.focus(); });
    return button;
  }
  const add = (more) => put([...files, ...[...more].filter((file) => !files.some((known) => same(known, file)))]);
  function put(now) {
    files = now;
    const held = new DataTransfer();
    for (const file of files) held.items.add(file);
    input.files = held.files;
    list.replaceChildren(...files.map(item));
    list.hidden = !files.length;
  }
  input.addEventListener("change", () => add(input.files));
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => { if (!hasFiles(event)) return; event.preventDefault(); add(event.dataTransfer.files); });
  document.addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.files || [];
    if (!pasted.length) return;
    event.preventDefault();
    add(pasted);
  });
})();
