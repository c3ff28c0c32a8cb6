// The frames of a clip by number, and timecodes. studioFrames.clock(video, holder) reads of `holder` data-rate="24000/1001", data-frames and data-start
// (seconds at which the first frame is shown) and knows which frame is on screen: by requestVideoFrameCallback what is really shown, else by the time.
// It seeks to the middle of a frame, where no rounding shows its neighbour. generations/media/rates.py counts alike.
window.studioFrames = (function () {
  "use strict";
  const LATE_PICTURE_MS = 100;
  const pad = (number) => String(number).padStart(2, "0");

  // drop-frame for 29.97 and 59.94: the first numbers of each minute that is no tenth one are passed over
  function code(frame, num, den) {
    const base = Math.round(num / den);
    let sign = ":", count = frame;
    if (den === 1001 && (base === 30 || base === 60)) {
      const dropped = base / 15, tens = Math.floor(frame / (600 * base - 9 * dropped)), rest = frame % (600 * base - 9 * dropped);
      sign = ";";
      count += dropped * (9 * tens + Math.floor(Math.max(0, rest - dropped) / (60 * base - dropped)));
    }
    const seconds = Math.floor(count / base);
    return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}${sign}${pad(count % base)}`;
  }

  function clock(video, holder) {
    const [num, den] = (holder.dataset.rate || "24/1").split("/").map(Number), rate = num / den;
    const told = Number(holder.dataset.frames) || 0, hears = [], native = Boolean(video.requestVideoFrameCallback);
    // `wanted`: where a seek is under way to; `late`: another was asked for meanwhile; `seen`: presented since it began
    let origin = Number(holder.dataset.start) || 0, shown = 0, wanted = null, exactly = null, late = false, seen = null;
    const lengthS = () => video.duration || Number(holder.dataset.duration) || 0;
    const count = () => told || Math.max(1, Math.round((lengthS() - origin) * rate));
    const within = (frame) => Math.min(Math.max(frame, 0), count() - 1);
    const tell = () => hears.forEach((hear) => hear(self.frame));
    const middle = (frame) => origin + (frame + 0.5) / rate;
    const at = (seconds) => within(Math.floor((seconds - origin) * rate + 1e-3));
    const seek = () => { seen = null; video.currentTime = exactly ?? middle(wanted); };

    const self = {
      rate, num, den, middle, at,
      get frame() { return wanted ?? shown; },
      get shown() { return shown; },
      get count() { return count(); },
      get last() { return count() - 1; },
      get origin() { return origin; },
      get settled() { return wanted === null; },
      code: (frame) => code(frame, num, den),
      on(hear) { hears.push(hear); },
      // one seek after the other, so that each picture of a drag is seen; `seconds` from the first frame: to this moment of the frame
      go(frame, seconds) {
        wanted = within(frame);
        exactly = seconds === undefined || wanted !== frame ? null : origin + seconds;
        if (video.seeking) late = true; else seek();
        tell();
      },
    };
    function presented(frame) {
      seen = frame;
      if (wanted !== null && video.seeking) return;
      wanted = null;
      if (frame === shown) return;
      shown = frame;
      tell();
    }
    const land = (frame) => {
      shown = frame;
      wanted = null;
      tell();
    };
    video.addEventListener("seeked", () => {
      if (late) { late = false; return seek(); }
      const to = wanted;
      if (seen === null || to === null || seen === to) return land(seen ?? to ?? at(video.currentTime));
      // a picture of the seek before can be presented after this one began: ours may still come. While a clip is loaded it may not be told of at all:
      // what is shown is then where it stands, or its neighbour
      setTimeout(() => { if (wanted === to && !video.seeking) land(Math.abs(seen - to) > 1 ? to : seen); }, LATE_PICTURE_MS);
    });
    const onFrame = (now, meta) => {
      // what is shown before any seek is the first frame, whatever time the container gives it
      if (video.paused && video.currentTime === 0 && wanted === null) origin = meta.mediaTime;
      presented(within(Math.round((meta.mediaTime - origin) * rate)));
      video.requestVideoFrameCallback(onFrame);
    };
    const follow = () => {
      if (wanted === null && !video.seeking) presented(at(video.currentTime));
      if (!video.paused) requestAnimationFrame(follow);
    };
    if (native) video.requestVideoFrameCallback(onFrame); else video.addEventListener("play", follow);
    video.addEventListener("loadedmetadata", tell);
    return self;
  }
  return { clock, code };
})();
