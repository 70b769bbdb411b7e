// A photographed page is cropped, turned and made black and white before it is sent, on this device alone: only what is
// kept becomes the file of the form. Without this script the photo is added as it is.
(() => {
  "use strict";
  const box = document.querySelector("[data-scan]"), tools = window.pliScan;
  if (!box || !tools || !window.createImageBitmap || !window.DataTransfer || !window.PointerEvent) return;
  const one = (s) => box.querySelector(s), form = box.closest("form");
  const file = form.querySelector("#fichier"), photo = form.querySelector("#photo"), start = one("[data-scan-start]");
  const editor = one("[data-scan-editor]"), list = one("[data-scan-pages]"), said = one("[data-scan-said]");
  const stage = one(".scan-stage canvas"), preview = one(".scan-preview"), ink = one("#scan-encre"), kind = one("#scan-forme");
  const corners = [...box.querySelectorAll(".scan-corner")], more = one("[data-scan-more]");
  const MOST_PAGES = 20, MOST_BYTES = 60 * 1024 * 1024, FULL = 3000, SMALL = 1000, PAGE = 2339, SHOWN = 640; // 2339: A4 at 200 points an inch
  let whole = null, small = null, quad = [], waiting = [], pages = [], isEditing = false, making = null, isAsked = false, drawing = 0, opened = 0;

  const say = (text) => { said.textContent = text; };
  const setFile = (found) => {
    const held = new DataTransfer();
    if (found) held.items.add(found);
    file.files = held.files;
  };

  // The photo, and where its corners are ------------------------------------------------------------------

  const scaled = (drawn, most) => {
    const scale = Math.min(1, most / Math.max(drawn.width, drawn.height)), canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(drawn.width * scale));
    canvas.height = Math.max(1, Math.round(drawn.height * scale));
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.imageSmoothingQuality = "high";
    pen.drawImage(drawn, 0, 0, canvas.width, canvas.height);
    return canvas;
  };
  const turned = (canvas, isRight) => {
    const { width, height } = canvas, other = document.createElement("canvas");
    other.width = height;
    other.height = width;
    const pen = other.getContext("2d", { willReadFrequently: true });
    pen.setTransform(0, isRight ? 1 : -1, isRight ? -1 : 1, 0, isRight ? height : 0, isRight ? 0 : width);
    pen.drawImage(canvas, 0, 0);
    return other;
  };
  const points = (canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const inPoints = (canvas) => quad.map(([x, y]) => [x * canvas.width, y * canvas.height]);
  const page = (canvas, most) => {
    const where = inPoints(canvas), [width, height] = tools.sizeOf(where, most);
    return tools.inks[ink.value](tools.straightened(points(canvas), where, width, height));
  };

  const draw = () => {
    drawing = 0;
    if (!isEditing) return;
    const pen = stage.getContext("2d"), { width, height } = stage, where = inPoints(stage);
    const outline = () => where.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.drawImage(small, 0, 0);
    pen.fillStyle = "rgb(0 0 0 / 55%)";
    pen.beginPath();
    pen.rect(0, 0, width, height);
    outline();
    pen.closePath();
    pen.fill("evenodd");
    for (const [wide, colour] of [[6, "#06221f"], [3, "#7fd1c6"]]) {
      pen.lineWidth = wide * Math.max(width, height) / SHOWN;
      pen.strokeStyle = colour;
      pen.beginPath();
      outline();
      pen.closePath();
      pen.stroke();
    }
    corners.forEach((corner, at) => {
      corner.style.left = `${100 * quad[at][0]}%`;
      corner.style.top = `${100 * quad[at][1]}%`;
    });
    const seen = page(small, SHOWN);
    preview.width = seen.width;
    preview.height = seen.height;
    preview.getContext("2d").putImageData(seen, 0, 0);
  };
  const redraw = () => { drawing ||= requestAnimationFrame(draw); };

  const move = (at, x, y) => {
    const before = quad[at];
    quad[at] = [Math.min(Math.max(x, 0), 1), Math.min(Math.max(y, 0), 1)];
    const where = inPoints(small);
    if (!tools.isPage(where, Math.max(small.width, small.height) / 20)) quad[at] = before;
    redraw();
  };
  const tell = (at) => say(`${corners[at].textContent} : ${Math.round(100 * quad[at][0])} % depuis la gauche, ${Math.round(100 * quad[at][1])} % depuis le haut.`);
  const takeAll = () => { quad = [[0, 0], [1, 0], [1, 1], [0, 1]]; };
  const show = () => {
    stage.width = small.width;
    stage.height = small.height;
    redraw();
  };
  const turn = (isRight) => {
    [whole, small] = [turned(whole, isRight), turned(small, isRight)];
    quad = quad.map(([x, y]) => (isRight ? [1 - y, x] : [y, 1 - x]));
    quad = isRight ? [quad[3], quad[0], quad[1], quad[2]] : [quad[1], quad[2], quad[3], quad[0]];
    show();
  };

  // From the photo to a page that is kept -----------------------------------------------------------------

  const close = () => {
    isEditing = false;
    opened += 1;
    editor.hidden = true;
    one("[data-scan-keep]").disabled = false;
    whole = small = null;
  };
  const open = async (found) => {
    if (found.size > MOST_BYTES) throw new Error("too large");
    const drawn = await createImageBitmap(found);
    [whole, small] = [scaled(drawn, FULL), scaled(drawn, SMALL)];
    drawn.close();
    isEditing = true;
    editor.hidden = false;
    start.hidden = true;
    takeAll();
    show();
    say("");
    one("#scan-titre").focus();
  };
  const next = async () => {
    while (waiting.length && !isEditing) {
      if (pages.length >= MOST_PAGES) {
        waiting = [];
        say(`${MOST_PAGES} pages au plus. Les autres photos ne sont pas prises.`);
        return;
      }
      const found = waiting.shift();
      try {
        await open(found);
      } catch {
        if (pages.length) say("Votre navigateur ne lit pas cette photo. Elle n’est pas prise.");
        else {
          setFile(found);
          say("Votre navigateur ne lit pas cette photo. Elle sera ajoutée telle quelle.");
        }
      }
    }
  };
  const take = (input) => {
    waiting.push(...input.files);
    input.value = "";
    next();
  };

  const assemble = async () => {
    say("Vos pages se préparent…");
    const made = pages.length ? await (kind.value === "pdf" ? tools.pdf(pages) : tools.picture(pages)) : null;
    const isTooLarge = made && made.size > Number(box.dataset.scanMost);
    setFile(isTooLarge ? null : made);
    const count = pages.length === 1 ? "Une page est prête" : `${pages.length} pages sont prêtes`;
    say(isTooLarge ? "Ces pages sont trop lourdes ensemble. Retirez-en une, ou choisissez le noir et blanc."
      : made ? `${count}. Seul ce que vous voyez ici sera ajouté.` : "");
  };
  const make = () => {
    making = (making ?? Promise.resolve()).then(assemble).catch(() => {
      setFile(null);
      say("Vos pages n’ont pas pu être préparées. Retirez-en une, puis recommencez.");
    });
    const mine = making;
    mine.then(() => {
      if (making !== mine) return;
      making = null;
      if (isAsked && file.files.length) form.requestSubmit();
      isAsked = false;
    });
  };
  const listPages = () => {
    const [lines, model] = [one("ol"), one("template")];
    lines.replaceChildren(...pages.map((kept, at) => {
      const line = model.content.cloneNode(true);
      line.querySelector("p").textContent = `Page ${at + 1}`;
      line.querySelector("div").prepend(kept.thumbnail);
      const [up, away] = line.querySelectorAll("button");
      for (const button of [up, away]) button.querySelector("span").textContent = ` la page ${at + 1}`;
      up.hidden = !at;
      up.addEventListener("click", () => { pages.splice(at - 1, 2, pages[at], pages[at - 1]); changed(at - 1); });
      away.addEventListener("click", () => { pages.splice(at, 1); changed(Math.min(at, pages.length - 1)); });
      return line;
    }));
    list.hidden = !pages.length;
    more.closest("label").hidden = pages.length >= MOST_PAGES;
  };
  const changed = (at) => {
    listPages();
    make();
    (pages.length ? one("ol").children[at].querySelector("button:not([hidden])") : file).focus();
  };

  const keep = async () => {
    const canvas = document.createElement("canvas"), button = one("[data-scan-keep]"), mine = opened;
    button.disabled = true;
    say("Cette page se prépare…");
    await new Promise((resolve) => { setTimeout(resolve, 50); }); // so that it is seen: what follows takes seconds on some telephones
    if (opened !== mine) return;
    try {
      const made = page(whole, PAGE), thumbnail = scaled(preview, 160);
      canvas.width = made.width;
      canvas.height = made.height;
      canvas.getContext("2d").putImageData(made, 0, 0);
      const kept = await tools.kept(canvas, ink.value);
      if (opened !== mine) return; // it was cancelled meanwhile
      thumbnail.setAttribute("aria-hidden", "true");
      pages.push({ ...kept, thumbnail });
    } catch {
      say("Cette page n’a pas pu être gardée. Recommencez.");
      return;
    } finally {
      if (opened === mine) button.disabled = false;
    }
    close();
    changed(pages.length - 1);
    await next();
  };
  const cancel = async () => {
    close();
    say(pages.length ? "Cette photo n’est pas gardée." : "Cette photo n’est pas gardée. Choisissez de nouveau un fichier.");
    (pages.length ? more : file).focus();
    await next();
  };

  // Gestures and keys -------------------------------------------------------------------------------------

  const spotOf = (event) => {
    const edge = stage.getBoundingClientRect();
    return [(event.clientX - edge.left) / edge.width, (event.clientY - edge.top) / edge.height];
  };
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  corners.forEach((corner, at) => {
    corner.addEventListener("pointerdown", (event) => {
      if (!event.button) corner.setPointerCapture(event.pointerId);
    });
    corner.addEventListener("pointermove", (event) => {
      if (corner.hasPointerCapture(event.pointerId)) move(at, ...spotOf(event));
    });
    corner.addEventListener("pointerup", () => tell(at));
    corner.addEventListener("keydown", (event) => {
      const way = ARROWS[event.key], step = event.shiftKey ? 0.05 : 0.01;
      if (!way) return;
      event.preventDefault();
      move(at, quad[at][0] + way[0] * step, quad[at][1] + way[1] * step);
      tell(at);
    });
  });
  // A touch beside the corners brings the nearest one there: no drag is needed.
  stage.addEventListener("click", (event) => {
    const [x, y] = spotOf(event), away = quad.map(([a, b]) => Math.hypot(a - x, b - y)), at = away.indexOf(Math.min(...away));
    move(at, x, y);
    tell(at);
  });
  const press = (name, act) => one(`[data-scan-${name}]`).addEventListener("click", act);
  press("left", () => turn(false));
  press("right", () => turn(true));
  press("all", () => { takeAll(); redraw(); });
  press("keep", keep);
  press("cancel", cancel);
  press("start", () => {
    waiting.push(...file.files);
    setFile(null);
    next();
  });
  ink.addEventListener("change", redraw);
  kind.addEventListener("change", make);
  more.addEventListener("change", () => take(more));
  photo.removeAttribute("name");
  photo.addEventListener("change", () => take(photo));
  file.addEventListener("change", () => {
    const hadPages = pages.length > 0, [found] = file.files;
    [pages, waiting] = [[], []];
    close();
    listPages();
    start.hidden = !found?.type.startsWith("image/");
    say(hadPages ? "Ce fichier remplace vos pages." : "");
  });
  // Before every other listener: what is not kept yet is not sent, and what is being made is waited for.
  document.addEventListener("submit", (event) => {
    if (event.target !== form || (!isEditing && !making)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    isAsked = !isEditing;
    if (isEditing) {
      say("Gardez d’abord cette page, ou annulez.");
      one("[data-scan-keep]").focus();
    }
  }, true);
  box.hidden = false;
})();
