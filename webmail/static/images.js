// Pictures of scanners and X-rays: scroll, contrast, zoom, pan, lengths. Values come as they are stored; this page
// makes grey of them. Without this script the page shows plain pictures, with links to the next.
(() => {
  "use strict";
  const box = document.querySelector("[data-viewer]");
  if (!box || !window.fetch || !window.PointerEvent) return;
  const told = JSON.parse(box.dataset.viewer), one = (s) => box.querySelector(s), all = (s) => [...box.querySelectorAll(s)];
  const stage = one(".stage"), slider = one("#coupe"), choice = one("#fenetre"), lengths = one("[data-lengths]");
  const frames = told.files.flatMap((file) => Array.from({ length: file[1] }, (_, at) => [file, at + 1]));
  const count = frames.length, kept = new Map(), waiting = new Map();
  const MOST_BYTES = 96 * 1024 * 1024, number = (value, digits = 0) => value.toLocaleString("fr", { maximumFractionDigits: digits });
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  let place = Number(box.dataset.first), shown = null, shownAt = 0, zoom = 1, panX = 0, panY = 0, flipped = false;
  let tool = count > 1 ? "scroll" : "window", own = null, measured = [], pending = null, cross = null, bytes = 0, failed = "";

  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  const sheet = document.createElement("canvas"), sheetPen = sheet.getContext("2d");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-describedby", "gestes");
  const note = (name) => Object.assign(document.createElement("p"), { className: "stage-note " + name });
  const noteState = note("stage-state"), notePlace = note("stage-place"), noteWindow = note("stage-window");
  notePlace.setAttribute("aria-hidden", "true");
  const picture = stage.querySelector("img");
  stage.append(canvas, notePlace, noteWindow, noteState);
  for (const part of all("[data-plain]")) part.remove();
  for (const part of all("[data-scripted]")) if (part !== lengths) part.hidden = false;
  if (count < 2) one(".viewer-slider").hidden = true;

  let saying = 0;
  const say = (text) => {
    clearTimeout(saying);
    saying = setTimeout(() => { one("[data-announced]").textContent = text; }, 400);
  };

  // Values ------------------------------------------------------------------------------------------------

  const load = (at) => {
    if (kept.has(at)) { const found = kept.get(at); kept.delete(at); kept.set(at, found); return Promise.resolve(found); }
    if (waiting.has(at)) return waiting.get(at);
    const [file, frame] = frames[at - 1];
    const loading = fetch(`${told.path}${file[0]}/${frame}`).then(async (answer) => {
      if (!answer.ok || !/octet-stream/.test(answer.headers.get("content-type"))) {
        if (answer.redirected) location.reload();
        throw new Error(answer.status === 422 ? await answer.text() : "Cette image n’a pas pu être chargée. Réessayez dans un instant.");
      }
      const data = await answer.arrayBuffer(), [rows, columns, samples, kind] = new Uint32Array(data, 0, 4);
      const values = kind ? new Uint16Array(data, 16) : new Uint8Array(data, 16);
      const found = { rows, columns, samples, values, isSigned: kind === 2, file };
      kept.set(at, found);
      bytes += data.byteLength;
      for (const [old, { values: gone }] of kept) {
        if (bytes < MOST_BYTES || old === at || old === place) break;
        kept.delete(old);
        bytes -= gone.buffer.byteLength;
      }
      return found;
    }).finally(() => waiting.delete(at));
    waiting.set(at, loading);
    return loading;
  };

  const signed = (value, it) => (it.isSigned && value > 32767 ? value - 65536 : value);
  const range = (it) => {
    if (it.range) return it.range;
    const some = [], step = Math.max(1, Math.floor(it.values.length / 20000)), [, , slope, intercept] = it.file;
    for (let at = 0; at < it.values.length; at += step) some.push(signed(it.values[at], it) * slope + intercept);
    some.sort((a, b) => a - b);
    const low = some[Math.floor(some.length * 0.005)], high = some[Math.floor(some.length * 0.995)];
    it.range = [(low + high) / 2, Math.max(high - low, 1)];
    return it.range;
  };
  const contrast = (it) => own || (choice.value === "auto" ? null : it.file[4]) || range(it);

  const paint = (it) => {
    const { rows, columns, values, samples, file } = it, image = sheetPen.createImageData(columns, rows);
    const points = new Uint32Array(image.data.buffer);
    if (samples === 3) {
      for (let at = 0, from = 0; at < points.length; at++, from += 3) {
        points[at] = 0xff000000 | values[from + 2] << 16 | values[from + 1] << 8 | values[from];
      }
    } else {
      const [center, width] = contrast(it), grey = new Uint32Array(values.BYTES_PER_ELEMENT === 1 ? 256 : 65536);
      const inverted = file[7] !== flipped;
      for (let value = 0; value < grey.length; value++) {
        const real = signed(value, it) * file[2] + file[3];
        let light = clamp(((real - center + 0.5) / Math.max(width - 1, 1) + 0.5) * 255, 0, 255);
        if (inverted) light = 255 - light;
        grey[value] = 0xff000000 | Math.round(light) * 0x10101;
      }
      for (let at = 0; at < points.length; at++) points[at] = grey[values[at]];
    }
    sheet.width = columns;
    sheet.height = rows;
    sheetPen.putImageData(image, 0, 0);
  };

  // Drawing -----------------------------------------------------------------------------------------------

  const layout = () => {
    const width = stage.clientWidth, height = stage.clientHeight, gap = shown.file[5];
    const tall = gap ? gap[0] / gap[1] : 1, fit = Math.min(width / shown.columns, height / (shown.rows * tall));
    const sx = fit * zoom, sy = sx * tall;
    return { sx, sy, left: width / 2 + panX - shown.columns * sx / 2, top: height / 2 + panY - shown.rows * sy / 2 };
  };
  const toImage = (x, y) => { const { sx, sy, left, top } = layout(); return [(x - left) / sx, (y - top) / sy]; };
  const length = ([[ax, ay], [bx, by]], gap) => Math.hypot((bx - ax) * (gap ? gap[1] : 1), (by - ay) * (gap ? gap[0] : 1));
  const lengthWords = (line) => {
    const [, , , , , gap, scale] = frames[line.place - 1][0];
    if (!gap) return `${number(length(line.ends))} points`;
    return `${number(length(line.ends, gap), 1)} mm${scale === "detector" ? " (sur l’appareil)" : ""}`;
  };

  const drawLine = (ends, words, { sx, sy, left, top }) => {
    const spots = ends.map(([x, y]) => [left + x * sx, top + y * sy]);
    for (const [color, wide] of [["#000", 4], ["#ffd84d", 2]]) {
      pen.strokeStyle = color;
      pen.lineWidth = wide;
      pen.beginPath();
      pen.moveTo(...spots[0]);
      pen.lineTo(...spots[spots.length - 1]);
      for (const [x, y] of spots) { pen.moveTo(x - 6, y); pen.lineTo(x + 6, y); pen.moveTo(x, y - 6); pen.lineTo(x, y + 6); }
      pen.stroke();
    }
    if (!words) return;
    pen.font = "600 15px system-ui, sans-serif";
    pen.strokeStyle = "#000";
    pen.lineWidth = 4;
    const [x, y] = spots[1];
    pen.strokeText(words, x + 10, y - 8);
    pen.fillStyle = "#ffd84d";
    pen.fillText(words, x + 10, y - 8);
  };

  let drawing = 0;
  const draw = (again = true) => {
    if (again && shown) paint(shown);
    cancelAnimationFrame(drawing);
    drawing = requestAnimationFrame(() => {
      const ratio = window.devicePixelRatio || 1;
      canvas.width = stage.clientWidth * ratio;
      canvas.height = stage.clientHeight * ratio;
      if (!shown) return;
      const here = layout(), { sx, sy, left, top } = here;
      pen.scale(ratio, ratio);
      pen.imageSmoothingEnabled = sx < 3;
      pen.imageSmoothingQuality = "high";
      pen.drawImage(sheet, left, top, shown.columns * sx, shown.rows * sy);
      measured.forEach((line) => { if (line.place === shownAt) drawLine(line.ends, lengthWords(line), here); });
      if (pending && pending.place === shownAt) {
        drawLine(pending.ends, pending.ends[1] ? lengthWords(pending) : "", here);
      }
      if (cross && tool === "measure" && document.activeElement === canvas) drawLine([cross], "", here);
      notePlace.textContent = `${shownAt} / ${count}`;
      noteWindow.textContent = shown.samples === 3 ? "" : "C " + contrast(shown).map((value) => number(value)).join("  L ") + (told.unit ? " " + told.unit : "");
    });
  };

  const describe = () => {
    canvas.setAttribute("aria-label", `${box.dataset.name}, image ${place} sur ${count}. ${failed}`);
    one("[data-place]").textContent = place;
    slider.value = place;
    slider.setAttribute("aria-valuetext", `${place} sur ${count}`);
    noteState.textContent = failed;
  };

  let leaving = 0;
  const show = async (at) => {
    place = clamp(at, 1, count);
    failed = "";
    const slow = setTimeout(() => { noteState.textContent = "Chargement…"; }, 300), asked = place;
    describe();
    try {
      const found = await load(asked);
      if (asked !== place) return;
      shown = found;
      shownAt = asked;
      picture.hidden = true;
      cross ||= [found.columns / 2, found.rows / 2];
      draw();
    } catch (error) {
      if (asked === place) { shown = null; failed = error.message; draw(false); }
    } finally {
      clearTimeout(slow);
      if (asked === place) {
        describe();
        for (const near of [1, -1, 2, -2]) if (frames[asked + near - 1]) load(asked + near).catch(() => {});
        clearTimeout(leaving);
        leaving = setTimeout(() => {
          const address = new URL(location);
          address.searchParams.set("image", asked);
          history.replaceState(null, "", address);
        }, 500);
      }
    }
  };

  // Acts --------------------------------------------------------------------------------------------------

  const pick = (name) => {
    tool = name;
    for (const button of all("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === name));
      draw(false);
  };
  const zoomAt = (factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2) => {
    if (!shown) return;
    const [ix, iy] = toImage(x, y);
    zoom = clamp(zoom * factor, 0.25, 40);
    const { sx, sy, left, top } = layout();
    panX += x - (left + ix * sx);
    panY += y - (top + iy * sy);
    draw(false);
  };
  const pan = (x, y) => { panX += x; panY += y; draw(false); };
  const adjust = (x, y) => {
    if (!shown || shown.samples === 3) return;
    const [center, width] = contrast(shown), step = Math.max(width / 300, 0.2);
    own = [center + y * step, Math.max(width + x * step, 1)];
    choice.value = "own";
    say(`Contraste : centre ${number(own[0])}, largeur ${number(own[1])}`);
    draw();
  };
  const reset = () => {
    [zoom, panX, panY, own, flipped] = [1, 0, 0, null, false];
    choice.value = "";
    one("[data-act=invert]").setAttribute("aria-pressed", "false");
    draw();
  };
  const listLengths = () => {
    const list = lengths.querySelector("ol");
    list.replaceChildren(...measured.map((line) => Object.assign(document.createElement("li"), { textContent: `Image ${line.place} : ${lengthWords(line)}` })));
    lengths.hidden = !measured.length;
  };
  const setPoint = ([x, y]) => {
    if (!shown) return;
    const spot = [clamp(x, 0, shown.columns), clamp(y, 0, shown.rows)];
    if (pending && pending.place === shownAt) {
      measured.push({ place: shownAt, ends: [pending.ends[0], spot] });
      say(lengthWords(measured[measured.length - 1]));
      pending = null;
      listLengths();
    } else {
      pending = { place: shownAt, ends: [spot] };
      say("Premier point posé.");
    }
    draw(false);
  };
  const acts = {
    in: () => zoomAt(1.25),
    out: () => zoomAt(0.8),
    reset,
    invert: (button) => { flipped = !flipped; one("[data-act=invert]").setAttribute("aria-pressed", String(flipped)); draw(); },
    clear: () => { measured = []; pending = null; listLengths(); draw(false); canvas.focus(); },
  };
  for (const button of all("[data-tool]")) button.addEventListener("click", () => pick(button.dataset.tool));
  for (const button of all("[data-act]")) button.addEventListener("click", () => acts[button.dataset.act]());
  slider.addEventListener("input", () => show(Number(slider.value)));
  const readChoice = () => {
    const values = choice.value.split(" ").map(Number);
    own = values.length === 2 ? values : null;
  };
  choice.addEventListener("change", () => { readChoice(); draw(); });

  canvas.addEventListener("keydown", (event) => {
    const arrows = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }, arrow = arrows[event.key];
    const keys = {
      PageUp: () => show(place - 10), PageDown: () => show(place + 10), Home: () => show(1), End: () => show(count),
      "+": acts.in, "=": acts.in, "-": acts.out, 0: reset, i: acts.invert, Escape: () => { pending = null; draw(false); },
      m: () => { if (tool !== "measure") pick("measure"); if (cross) setPoint(cross); },
    };
    if (event.ctrlKey || event.metaKey) return;
    if (arrow) {
      if (event.altKey) adjust(arrow[0] * 10, arrow[1] * 10);
      else if (event.shiftKey) pan(arrow[0] * 20, arrow[1] * 20);
      else if (tool === "measure" && shown && cross) {
        cross = [clamp(cross[0] + arrow[0] * shown.columns / 128, 0, shown.columns), clamp(cross[1] + arrow[1] * shown.rows / 128, 0, shown.rows)];
        if (pending && pending.place === shownAt) pending.ends[1] = cross;
        draw(false);
      } else if (arrow[1]) show(place + arrow[1]);
      else return;
    } else if (keys[event.key] && !event.altKey) keys[event.key]();
    else return;
    event.preventDefault();
  });
  for (const name of ["focus", "blur"]) canvas.addEventListener(name, () => draw(false));

  let rolled = 0;
  canvas.addEventListener("wheel", (event) => {
    const spot = canvas.getBoundingClientRect();
    if (event.ctrlKey) zoomAt(Math.exp(-event.deltaY / 200), event.clientX - spot.left, event.clientY - spot.top);
    else if (count < 2) return;
    else {
      rolled += event.deltaMode ? event.deltaY * 40 : event.deltaY;
      if (Math.abs(rolled) >= 40) { show(place + Math.sign(rolled)); rolled = 0; }
    }
    event.preventDefault();
  }, { passive: false });

  const fingers = new Map();
  let start = null;
  const spotOf = (event) => { const edge = canvas.getBoundingClientRect(); return [event.clientX - edge.left, event.clientY - edge.top]; };
  const spread = () => { const [a, b] = fingers.values(); return [Math.hypot(a[0] - b[0], a[1] - b[1]), (a[0] + b[0]) / 2, (a[1] + b[1]) / 2]; };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || !shown) return;
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, spotOf(event));
    start = { at: spotOf(event), place, moved: 0 };
    if (fingers.size === 2) pending = null;
    else if (tool === "measure") { cross = toImage(...start.at); if (!pending || pending.place !== shownAt) { setPoint(cross); start.fresh = true; } }
  });
  canvas.addEventListener("pointermove", (event) => {
    const last = fingers.get(event.pointerId), now = spotOf(event);
    if (!last || !start) return;
    if (fingers.size === 2) {
      const [wide, x, y] = spread();
      fingers.set(event.pointerId, now);
      const [wider, nx, ny] = spread();
      pan(nx - x, ny - y);
      zoomAt(wider / Math.max(wide, 1), nx, ny);
      start.moved = 99;
      return;
    }
    fingers.set(event.pointerId, now);
    const dx = now[0] - last[0], dy = now[1] - last[1];
    start.moved += Math.hypot(dx, dy);
    if (tool === "window") adjust(dx, dy);
    else if (tool === "pan") pan(dx, dy);
    else if (tool === "scroll") {
      const step = Math.max(6, stage.clientHeight / Math.max(count, 20) / 1.5), next = start.place + Math.round((now[1] - start.at[1]) / step);
      if (clamp(next, 1, count) !== place) show(next);
    } else if (pending) { cross = toImage(...now); pending.ends[1] = cross; draw(false); }
  });
  const lift = (event) => {
    if (!fingers.delete(event.pointerId) || fingers.size || !start) return;
    // A drag makes a length at once; two taps make one as well.
    if (tool === "measure" && pending && event.type === "pointerup" && !(start.fresh && start.moved < 4)) setPoint(toImage(...spotOf(event)));
    start = null;
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);

  if (window.ResizeObserver) new ResizeObserver(() => draw(false)).observe(stage);
  readChoice();
  pick(tool);
  show(place);
})();
