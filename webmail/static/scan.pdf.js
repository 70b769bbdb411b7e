// Pages of a scan as one PDF (ISO 32000-1) of pictures, or as one picture. Nothing here knows the page.
(() => {
  "use strict";
  const LONG_SIDE = 842; // of A4, in points of PDF
  const MOST_POINTS = 16e6; // of one picture: more is too much for the canvas of some telephones

  const toBlob = (canvas, type, quality) => new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), type, quality);
  });

  // One bit a point, a row in whole octets, and compressed: a tenth of a photo's size.
  const bitsOf = async ({ width, height, data }) => {
    const stride = (width + 7) >> 3, bits = new Uint8Array(stride * height);
    for (let row = 0, at = 0; row < height; row++) {
      for (let column = 0; column < width; column++, at += 4) {
        if (data[at]) bits[row * stride + (column >> 3)] |= 128 >> (column & 7);
      }
    }
    return new Response(new Blob([bits]).stream().pipeThrough(new CompressionStream("deflate"))).blob();
  };

  // A page that is kept: its picture as a file, and as it stands in a PDF.
  const kept = async (canvas, ink) => {
    const { width, height } = canvas, picture = await toBlob(canvas, ink === "noir" ? "image/png" : "image/jpeg", 0.85);
    if (ink !== "noir") return { width, height, picture, inPdf: picture, says: "/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode" };
    if (!window.CompressionStream) {
      const photo = await toBlob(canvas, "image/jpeg", 0.85);
      return { width, height, picture, inPdf: photo, says: "/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode" };
    }
    const inPdf = await bitsOf(canvas.getContext("2d").getImageData(0, 0, width, height));
    return { width, height, picture, inPdf, says: "/DeviceGray/BitsPerComponent 1/Filter/FlateDecode" };
  };

  const pdf = (pages) => {
    const parts = ["%PDF-1.4\n%\u00e9\u00e8\u00e0\u00e7\n"], starts = [];
    let length = new Blob(parts).size;
    const write = (...more) => {
      parts.push(...more);
      length += new Blob(more).size;
    };
    const object = (says, stream) => {
      starts.push(length);
      write(`${starts.length} 0 obj\n<<${says}${stream ? `/Length ${stream.size}` : ""}>>\n`);
      if (stream) write("stream\n", stream, "\nendstream\n");
      write("endobj\n");
    };
    object("/Type/Catalog/Pages 2 0 R");
    object(`/Type/Pages/Count ${pages.length}/Kids[${pages.map((_, at) => `${3 + 3 * at} 0 R`).join(" ")}]`);
    pages.forEach(({ width, height, inPdf, says }, at) => {
      const scale = LONG_SIDE / Math.max(width, height), wide = (width * scale).toFixed(2), high = (height * scale).toFixed(2);
      const first = 3 + 3 * at;
      object(`/Type/Page/Parent 2 0 R/MediaBox[0 0 ${wide} ${high}]/Contents ${first + 1} 0 R/Resources<</XObject<</P ${first + 2} 0 R>>>>`);
      object("", new Blob([`q ${wide} 0 0 ${high} 0 0 cm /P Do Q`]));
      object(`/Type/XObject/Subtype/Image/Width ${width}/Height ${height}/ColorSpace${says}`, inPdf);
    });
    const table = length, count = starts.length + 1;
    write(`xref\n0 ${count}\n0000000000 65535 f \n`, ...starts.map((start) => `${String(start).padStart(10, "0")} 00000 n \n`));
    write(`trailer\n<</Size ${count}/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`);
    return new File(parts, "numerisation.pdf", { type: "application/pdf" });
  };

  // Several pages stand below each other, as wide as the widest.
  const picture = async (pages) => {
    const asFile = (blob) => new File([blob], blob.type === "image/png" ? "numerisation.png" : "numerisation.jpg", { type: blob.type });
    if (pages.length === 1) return asFile(pages[0].picture);
    const wide = Math.max(...pages.map((page) => page.width));
    const high = pages.reduce((sum, page) => sum + page.height * wide / page.width, 0);
    const scale = Math.min(1, Math.sqrt(MOST_POINTS / (wide * high)), 16000 / high), canvas = document.createElement("canvas");
    canvas.width = Math.round(wide * scale);
    canvas.height = Math.ceil(high * scale);
    const pen = canvas.getContext("2d");
    pen.imageSmoothingQuality = "high";
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    let top = 0;
    for (const page of pages) {
      const drawn = await createImageBitmap(page.picture), height = canvas.width * page.height / page.width;
      pen.drawImage(drawn, 0, top, canvas.width, height);
      drawn.close();
      top += height;
    }
    return asFile(await toBlob(canvas, pages.every((page) => page.picture.type === "image/png") ? "image/png" : "image/jpeg", 0.85));
  };

  Object.assign(window.pliScan, { kept, pdf, picture });
})();
