// Sends a file in parts (tus 1.0) and goes on after a lost connection, a restart of the studio or of the page.
//   Studio.upload(file, { project, progress(done, all), state(word, share), signal }) -> { asset, known }
//   word: "sending", "lost" (it tries again by itself), "resumed" (share: where), "looking" (all bytes are there)
//   throws Error with words for people; .name "AbortError" when the signal stopped it
// What is not whole is remembered by the file's name, size and date in localStorage under upload:…; what this browser does not
// remember is known by its name, its size and the hash of its head, where the browser can reckon that (canCompare: https or this machine).
// Contract: POST/HEAD/PATCH/GET/DELETE /api/v1/uploads, see generations/api/uploads.py.
(function () {
  "use strict";
  const URL_OF_ALL = "/api/v1/uploads", PART = 8 * 1024 * 1024, HEAD = 64 * 1024, FIRST_WAIT = 500, LONGEST_WAIT = 15000, MOST_TRIES = 60, MOST_FAULTS = 5;
  const RETRY = new Set([0, 408, 409, 423, 425, 429, 500, 502, 503, 504]);
  const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  const keyOf = (file, project) => `upload:${project}:${file.name}:${file.size}:${file.lastModified}`;
  const memory = {
    read(key) { try { return localStorage.getItem(key) || ""; } catch { return ""; } },
    write(key, value) { try { value ? localStorage.setItem(key, value) : localStorage.removeItem(key); } catch { /* private window */ } },
  };
  class Answer extends Error {
    constructor(request) {
      let said = {};
      try { said = JSON.parse(request.responseText).error || {}; } catch { /* not ours */ }
      super(said.message || "");
      this.status = request.status;
      this.code = said.code || "";
    }
  }
  // fetch tells nothing of how far a body has gone; XMLHttpRequest does
  function ask(method, url, { headers = {}, body = null, sent, signal }) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const stop = () => request.abort();
      request.open(method, url);
      for (const [name, value] of Object.entries({ "Tus-Resumable": "1.0.0", "X-CSRFToken": document.body.dataset.csrf, ...headers })) request.setRequestHeader(name, value);
      if (sent) request.upload.onprogress = (event) => sent(event.loaded);
      request.onloadend = () => {
        signal?.removeEventListener("abort", stop);
        if (signal?.aborted) return reject(new DOMException("", "AbortError"));
        if (request.status >= 200 && request.status < 300) resolve(request);
        else reject(new Answer(request));
      };
      if (signal?.aborted) return reject(new DOMException("", "AbortError"));
      signal?.addEventListener("abort", stop);
      request.send(body);
    });
  }
  const pause = (time, signal) => new Promise((resolve) => {
    const go = () => { clearTimeout(timer); removeEventListener("online", go); signal?.removeEventListener("abort", go); resolve(); };
    const timer = setTimeout(go, time);
    addEventListener("online", go);
    signal?.addEventListener("abort", go);
  });

  async function begin(file, project, signal) {
    const told = `filename ${base64(file.name)},project ${base64(project)}`;
    const reply = await ask("POST", URL_OF_ALL, { headers: { "Upload-Length": String(file.size), "Upload-Metadata": told }, signal });
    return reply.getResponseHeader("Location");
  }
  const canCompare = Boolean(window.crypto?.subtle);
  const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  // one that was begun elsewhere, or before this browser forgot; small files are sent anew
  async function elsewhere(file, project, signal) {
    if (!canCompare || file.size <= PART) return "";
    const listed = JSON.parse((await ask("GET", URL_OF_ALL, { signal })).responseText);
    const alike = listed.filter((one) => one.project === project && one.name === file.name && one.size_bytes === file.size && one.head_sha256);
    if (!alike.length) return "";
    const head = hex(await crypto.subtle.digest("SHA-256", await file.slice(0, HEAD).arrayBuffer()));
    const found = alike.filter((one) => one.head_sha256 === head).sort((a, b) => b.offset - a.offset)[0];
    return found ? `${URL_OF_ALL}/${found.id}` : "";
  }
  async function offsetOf(url, signal) {
    const reply = await ask("HEAD", url, { signal });
    return Number(reply.getResponseHeader("Upload-Offset"));
  }
  async function sendPart(url, file, at, { progress, state, signal }) {
    const end = Math.min(at + PART, file.size);
    if (end === file.size && at === end) state?.("looking");
    const sent = (bytes) => { progress?.(Math.min(at + bytes, file.size), file.size); if (at + bytes >= file.size) state?.("looking"); };
    const headers = { "Upload-Offset": String(at), "Content-Type": "application/offset+octet-stream" };
    await ask("PATCH", url, { headers, body: file.slice(at, end), sent, signal });
    return end;
  }
  async function whole(file, job, options) {
    const { project, state, signal, progress } = options;
    if (!job.url) {
      job.url = memory.read(job.key) || await elsewhere(file, project, signal);
      memory.write(job.key, job.url);
    }
    if (job.url && job.at === null) {
      try {
        job.at = await offsetOf(job.url, signal);
        if (job.at) state?.("resumed", job.at / file.size);
      } catch (error) {
        if (error.status !== 404 && error.status !== 410) throw error;
        job.url = "";
      }
    }
    if (!job.url) {
      job.url = await begin(file, project, signal);
      job.at = 0;
      memory.write(job.key, job.url);
    }
    state?.("sending");
    progress?.(job.at, file.size);
    do {
      job.at = await sendPart(job.url, file, job.at, options);
      job.tries = 0;
    } while (job.at < file.size);
    const found = JSON.parse((await ask("GET", job.url, { signal })).responseText);
    if (!found.asset) throw Object.assign(new Error(found.problem?.message || ""), { status: found.problem ? 422 : 409 });
    return found;
  }
  async function upload(file, options) {
    const job = { key: keyOf(file, options.project), url: "", at: null, tries: 0 };
    for (;;) {
      try {
        const found = await whole(file, job, options);
        memory.write(job.key, "");
        return found;
      } catch (error) {
        if (error.name === "AbortError") throw error;
        const status = error.status ?? 0;
        if (!RETRY.has(status) || error.code === "too_many" || job.tries >= (status === 500 ? MOST_FAULTS : MOST_TRIES)) {
          if (!RETRY.has(status) && status !== 507) memory.write(job.key, ""); // 507: kept there until there is room
          throw error;
        }
        job.at = null; // asked for anew: the studio knows what arrived
        if (status !== 409 && status !== 423) options.state?.("lost");
        await pause(Math.min(FIRST_WAIT * 2 ** job.tries, LONGEST_WAIT), options.signal);
        job.tries += 1;
        if (options.signal?.aborted) throw new DOMException("", "AbortError");
      }
    }
  }
  // what this browser began and can go on with, by the id of the upload: {id: key}
  function begun(project) {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(`upload:${project}:`));
      return Object.fromEntries(keys.map((key) => [memory.read(key).split("/").pop(), key]));
    } catch { return {}; }
  }
  async function forget(id, project) {
    const key = begun(project)[id];
    await ask("DELETE", `${URL_OF_ALL}/${id}`, {});
    if (key) memory.write(key, "");
  }
  window.Studio = { ...window.Studio, upload, begun, forget, canCompare };
})();
