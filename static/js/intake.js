// Files of this machine on their way into the composer's slots: dropped, pasted, picked. Contract:
//   [data-slot][data-kind="image"|"clip"|"sound"|"document"] with an input[type=file][accept]; form#composer[data-upload-url][data-put-url]
//   POST upload-url, file + slot + model -> 200 as slots.js tells, or 4xx {"error": "…"}; or text/html: the slot itself, put in place of the old one
//   POST put-url, slot + asset + model   -> the same; for large files, which upload.js sends
(function () {
  "use strict";
  const { form, token, post, toast, changed } = window.Studio.composer, { begin, put, fail, picture, here, isMany, isTaken, named, told } = window.Studio.slots;

  function upload(slot, file) {
    const composer = form();
    if (!composer?.dataset.uploadUrl) return;
    const { bar, isLate } = begin(slot, file.name);
    if (file.type.startsWith("image/")) picture(slot, URL.createObjectURL(file));
    if (file.size > IN_PARTS && window.Studio?.upload) { uploadInParts(slot, file, bar, isLate); return; }
    const body = new FormData();
    body.append("slot", slot.dataset.slot);
    if (composer.elements.model) body.append("model", composer.elements.model.value);
    body.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", composer.dataset.uploadUrl);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Accept", "application/json, text/html;q=0.9");
    request.upload.onprogress = (event) => { if (isLate()) request.abort(); else if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100; };
    request.onerror = () => { if (isLate()) return; bar.remove(); fail(slot, composer.dataset.sayTooBig, file); };
    request.onload = () => {
      if (isLate()) return;
      bar.remove();
      const isHtml = (request.getResponseHeader("Content-Type") || "").includes("html");
      let reply = {};
      if (!isHtml) { try { reply = JSON.parse(request.responseText); } catch { reply = {}; } }
      if (request.status >= 300) return fail(slot, reply.error || reply.detail || composer.dataset.sayTooBig, file);
      if (!isHtml) return put(here(slot), reply);
      const fresh = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("[data-slot]");
      if (!fresh) return fail(slot, composer.dataset.sayTooBig, file);
      slot.replaceWith(fresh);
      window.htmx?.process(fresh);
      changed();
    };
    request.send(body);
  }
  // a large file goes in parts and on after a lost connection (upload.js); then it is put into the slot like a picked one
  const IN_PARTS = 8e6;
  async function uploadInParts(slot, file, bar, isLate) {
    const composer = form().dataset;
    try {
      const { asset } = await window.Studio.upload(file, { project: composer.project, progress: (done, all) => { if (!isLate()) bar.value = (done / all) * 100; } });
      if (isLate()) return;
      const data = new URLSearchParams({ slot: slot.dataset.slot, asset, model: form().elements.model?.value || "" });
      const reply = await post(composer.putUrl, data);
      const said = await reply.json().catch(() => ({}));
      if (isLate()) return;
      if (!reply.ok) throw new Error(said.error || "");
      bar.remove();
      put(here(slot), said);
    } catch (error) {
      if (isLate()) return;
      bar.remove();
      fail(slot, (!(error instanceof TypeError) && error.message) || composer.sayTooBig, file);
    }
  }
  const fits = (slot, file) => {
    const accept = slot.querySelector("input[type=file]")?.accept || "";
    return !accept || accept.split(",").some((kind) => { const k = kind.trim(); return k === file.type || (k.startsWith(".") && file.name.toLowerCase().endsWith(k)) || (k.endsWith("/*") && file.type.startsWith(k.slice(0, -1))); });
  };
  // files dropped on no slot go to the slots of their kind: they join the references that are there, or become
  // some when the single slots cannot hold them
  const KINDS = [["document", /\.(pdf|txt|md)$/i, ""], ["clip", /\.(mp4|mov|webm)$/i, "video/"], ["sound", /\.(mp3|wav|m4a)$/i, "audio/"]];
  // by its type, where the browser told one, else by its name
  function kindOf(name, type = "") {
    const by = ([kind, names, types]) => (type && kind !== "document" ? type.startsWith(types) : names.test(name));
    return KINDS.find(by)?.[0] || "image";
  }
  function rowFor(files, wanted, kind) {
    if (wanted && isMany(wanted)) return named(wanted.dataset.slot);
    const all = [...document.querySelectorAll(`[data-slot][data-kind="${kind}"]`)];
    const first = all.find(isMany), many = first ? named(first.dataset.slot) : [];
    const single = all.filter((slot) => !isMany(slot));
    if (wanted) return single;
    const free = single.filter((slot) => !isTaken(slot)).length;
    return many.some(isTaken) || (many.length && free === single.length && files.length > free) ? many : single;
  }
  function offer(files, wanted) {
    told();
    if (wanted) return place(files, wanted, wanted.dataset.kind);
    for (const kind of ["image", "clip", "sound", "document"]) place(files.filter((file) => kindOf(file.name, file.type) === kind), null, kind);
  }
  const leftOut = (files) => form().dataset.sayLeft.replace("{names}", files.map((file) => file.name).join(", "));
  function place(files, wanted, kind) {
    if (!files.length) return;
    const row = rowFor(files, wanted, kind), name = row.some(isMany) ? row[0].dataset.slot : "";
    if (!row.length) return toast(form().dataset.sayNoPlace);
    for (const [at, file] of files.entries()) {
      const open = name ? named(name) : row;
      const free = open.filter((candidate) => !isTaken(candidate));
      // of a type that no slot takes: the server says so at the slot
      const slot = wanted && fits(wanted, file) ? wanted : free.find((candidate) => fits(candidate, file)) || wanted || free[0];
      if (!slot) return toast(name ? `${open[0].dataset.sayFull}. ${leftOut(files.slice(at))}` : `${form().dataset.sayTaken} ${leftOut(files.slice(at))}`);
      upload(slot, file);
      wanted = null;
    }
  }

  document.addEventListener("change", (event) => {
    const slot = event.target.type === "file" && event.target.closest("form[data-composer] [data-slot]");
    if (!slot) return;
    const files = [...event.target.files];
    event.target.value = ""; // they go up by themselves; left here they would go again with the form
    if (files.length) offer(files, slot);
  });
  for (const name of ["dragover", "dragenter"]) {
    document.addEventListener(name, (event) => {
      if (!form() || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      document.querySelectorAll(".slot.over").forEach((slot) => slot.classList.remove("over"));
      event.target.closest?.("[data-slot]")?.classList.add("over");
    });
  }
  document.addEventListener("drop", (event) => {
    if (!form() || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    document.querySelectorAll(".slot.over").forEach((slot) => slot.classList.remove("over"));
    offer([...event.dataTransfer.files], event.target.closest?.("[data-slot]"));
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files || [])];
    if (!files.length || !form()) return;
    event.preventDefault();
    offer(files, event.target.closest?.("[data-slot]"));
  });

  window.Studio = { ...window.Studio, kindOf }; // for links.js
})();
