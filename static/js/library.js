// Uploads of the library. Contract: form[data-uploads][data-project][data-most] with [data-upload-files] (a file input),
//   [data-upload-panel] [data-upload-list] [data-upload-sum] [data-upload-clear], template[data-upload-row]
// Files dropped anywhere on the page or pasted go the same way. Two at a time, by static/js/upload.js; the wall is asked for
// again (library:changed on body) as files arrive. Without this script the form posts its files.
(function () {
  "use strict";
  const AT_ONCE = 2;
  const form = document.querySelector("form[data-uploads]");
  if (!form) return;
  const say = form.dataset, panel = form.querySelector("[data-upload-panel]"), list = form.querySelector("[data-upload-list]");
  const rows = []; // {file, element, state: waiting | going | done | bad, stop}
  const find = (row, what) => row.element.querySelector(`[data-${what}]`);

  function tell(row, words, state = row.state) {
    row.state = state;
    find(row, "state").textContent = words;
    row.element.toggleAttribute("data-done", state === "done");
    row.element.toggleAttribute("data-bad", state === "bad");
    find(row, "again").hidden = state !== "bad" || row.hopeless;
    find(row, "stop").hidden = state === "done";
    sum();
  }
  function sum() {
    const many = (state) => rows.filter((one) => one.state === state).length, bad = many("bad");
    form.querySelector("[data-upload-sum]").textContent = say.sayOf.replace("{done}", many("done")).replace("{all}", rows.length);
    form.querySelector("[data-upload-bad]").textContent = bad ? say.sayBad.replace("{n}", bad) : "";
    if (!bad || many("going") || many("waiting")) return;
    const first = rows.find((one) => one.state === "bad").element; // why, without looking for it
    panel.scrollTop = first.offsetTop - list.offsetTop;
  }
  let wall;
  function refresh() {
    clearTimeout(wall);
    wall = setTimeout(() => window.htmx?.trigger(document.body, "library:changed"), 300);
  }
  const percent = (share) => Math.floor(share * 100);
  const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
  async function go(row) {
    const bar = row.element.querySelector("progress");
    row.stop = new AbortController();
    tell(row, "", "going");
    try {
      const found = await window.Studio.upload(row.file, {
        project: say.project,
        signal: row.stop.signal,
        progress: (done, all) => { bar.value = (done / all) * 100; find(row, "state").textContent = `${size(done)} / ${size(all)}`; },
        state: (word, share) => {
          if (word === "lost") tell(row, say.sayLost);
          if (word === "looking") tell(row, say.sayLooking);
          if (word === "resumed") { row.element.dataset.resumed = String(percent(share)); tell(row, say.sayResumed.replace("{percent}", percent(share))); }
        },
      });
      const open = find(row, "open");
      open.href = `/a/${found.asset}`;
      open.hidden = false;
      tell(row, found.known ? say.sayKnown : say.sayDone, "done");
      refresh();
    } catch (error) {
      row.hopeless = error.status === 422 || error.status === 413;
      tell(row, error.name === "AbortError" ? say.sayStopped : error.message || say.sayFailed, "bad");
    }
    next();
  }
  function next() {
    while (rows.filter((row) => row.state === "going").length < AT_ONCE) {
      const row = rows.find((one) => one.state === "waiting");
      if (!row) return;
      go(row);
    }
  }
  function add(files) {
    if (!files.length) return;
    panel.hidden = false;
    for (const file of files) {
      for (const part of form.querySelectorAll("[data-part-of]")) if (part.dataset.partName === file.name && Number(part.dataset.partSize) === file.size) leave(part);
      const element = form.querySelector("template[data-upload-row]").content.firstElementChild.cloneNode(true);
      const row = { file, element, state: "waiting", hopeless: false };
      const name = find(row, "name");
      name.textContent = name.title = file.name;
      element.querySelector("progress").setAttribute("aria-label", file.name);
      rows.push(row);
      list.append(element);
      if (file.size > Number(say.most)) { row.hopeless = true; tell(row, say.sayBig, "bad"); } else tell(row, say.sayWaiting);
    }
    next();
  }

  // --- what stopped in the middle; [data-part-of] with data-part-name and data-part-size -----------------
  const unfinished = form.querySelector("[data-unfinished]");
  if (unfinished) {
    const mine = window.Studio.begun(say.project);
    for (const part of unfinished.querySelectorAll("[data-part-of]")) if (!mine[part.dataset.partOf] && !window.Studio.canCompare) part.remove();
    leave();
    unfinished.hidden = false;
  }
  function leave(part) {
    part?.remove();
    if (!unfinished?.querySelector("[data-part-of]")) unfinished?.remove();
  }
  async function forget(part) {
    try {
      await window.Studio.forget(part.dataset.partOf, say.project);
    } catch (error) {
      if (error.status !== 404) { document.dispatchEvent(new CustomEvent("studio:toast", { detail: { text: error.message || say.sayNotDropped, level: "error" } })); return; } // gone by itself is gone
    }
    leave(part);
    (unfinished.querySelector("[data-forget]") || form.querySelector("[data-upload-files]")).focus();
  }

  const rowOf = (element) => rows.find((row) => row.element === element.closest(".upload"));
  form.addEventListener("click", (event) => {
    const again = event.target.closest("[data-again]"), stop = event.target.closest("[data-stop]");
    if (again) { tell(rowOf(again), say.sayWaiting, "waiting"); next(); }
    if (stop) {
      const row = rowOf(stop);
      if (row.state === "going") row.stop.abort();
      else if (row.state === "waiting") tell(row, say.sayStopped, "bad");
      else { rows.splice(rows.indexOf(row), 1); row.element.remove(); panel.hidden = !rows.length; sum(); }
    }
    if (event.target.closest("[data-forget]")) forget(event.target.closest("[data-part-of]"));
    if (event.target.closest("[data-upload-clear]")) {
      for (const row of rows.filter((one) => one.state === "done" || one.state === "bad")) { rows.splice(rows.indexOf(row), 1); row.element.remove(); }
      panel.hidden = !rows.length;
      sum();
      form.querySelector("[data-upload-files]").focus();
    }
  });
  form.addEventListener("change", (event) => {
    if (!event.target.matches("[data-upload-files]")) return;
    const files = [...event.target.files];
    event.target.value = "";
    add(files);
  });
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0; // of elements entered; leaving the last leaves the page
  const mark = (change) => { depth = Math.max(0, depth + change); document.body.classList.toggle("dropping", depth > 0); };
  document.addEventListener("dragenter", (event) => { if (hasFiles(event)) { event.preventDefault(); mark(1); } });
  document.addEventListener("dragleave", (event) => { if (hasFiles(event)) mark(-1); });
  document.addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark(-depth);
    add([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files || [])];
    if (!files.length) return;
    event.preventDefault();
    add(files);
  });
  addEventListener("beforeunload", (event) => { if (rows.some((row) => row.state === "going" || row.state === "waiting")) event.preventDefault(); });
})();
