// What is done to the points of a photographed page: straightened from four corners, made grey or black and white.
// Values in, values out: nothing here knows the page.
(() => {
  "use strict";
  // Corners are [x, y] in points of the source, from the top left one clockwise.
  const far = ([ax, ay], [bx, by]) => Math.hypot(ax - bx, ay - by);

  // How large the straightened page is: its longer sides, `most` points at most.
  const sizeOf = ([a, b, c, d], most) => {
    const width = Math.max(far(a, b), far(d, c)), height = Math.max(far(a, d), far(b, c));
    const scale = Math.min(1, most / Math.max(width, height));
    return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  };

  // Whether the corners still enclose a page: convex, each where its name says, no side shorter than `least`.
  const isPage = (corners, least) => corners.every((here, at) => {
    const next = corners[(at + 1) % 4], after = corners[(at + 2) % 4];
    const turn = (next[0] - here[0]) * (after[1] - next[1]) - (next[1] - here[1]) * (after[0] - next[0]);
    return turn > 0 && far(here, next) >= least;
  });

  // The projective map of the unit square onto the corners (Heckbert 1989, §2.2.3).
  const mapOf = ([[x0, y0], [x1, y1], [x2, y2], [x3, y3]]) => {
    const dx1 = x1 - x2, dx2 = x3 - x2, sx = x0 - x1 + x2 - x3, dy1 = y1 - y2, dy2 = y3 - y2, sy = y0 - y1 + y2 - y3;
    const whole = dx1 * dy2 - dx2 * dy1, g = (sx * dy2 - dx2 * sy) / whole, h = (dx1 * sy - sx * dy1) / whole;
    return [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h];
  };

  // Straighten: each point of the page is taken between the four next to it in the photo.
  const straightened = (source, corners, width, height) => {
    const [a, b, c, d, e, f, g, h] = mapOf(corners), from = source.data, stride = source.width * 4;
    const page = new ImageData(width, height), to = page.data, mostX = source.width - 1, mostY = source.height - 1;
    for (let row = 0, at = 0; row < height; row++) {
      const v = (row + 0.5) / height;
      for (let column = 0; column < width; column++, at += 4) {
        const u = (column + 0.5) / width, depth = g * u + h * v + 1;
        const x = Math.min(Math.max((a * u + b * v + c) / depth - 0.5, 0), mostX);
        const y = Math.min(Math.max((d * u + e * v + f) / depth - 0.5, 0), mostY);
        const left = x | 0, top = y | 0, wx = x - left, wy = y - top;
        const near = top * stride + left * 4, right = left < mostX ? 4 : 0, below = top < mostY ? stride : 0;
        for (let of = 0; of < 3; of++) {
          const high = from[near + of] * (1 - wx) + from[near + right + of] * wx;
          const low = from[near + below + of] * (1 - wx) + from[near + below + right + of] * wx;
          to[at + of] = high * (1 - wy) + low * wy + 0.5;
        }
        to[at + 3] = 255;
      }
    }
    return page;
  };

  const greyOf = ({ data }) => {
    const grey = new Uint8Array(data.length / 4);
    for (let at = 0; at < grey.length; at++) grey[at] = (data[4 * at] * 77 + data[4 * at + 1] * 151 + data[4 * at + 2] * 28) >> 8;
    return grey;
  };
  const painted = (page, values) => {
    const to = page.data;
    for (let at = 0; at < values.length; at++) to[4 * at] = to[4 * at + 1] = to[4 * at + 2] = values[at];
    return page;
  };
  const inGrey = (page) => painted(page, greyOf(page));

  // Sums of all that lies above and to the left, one row and one column more than the page.
  const sumsOf = (grey, width, height) => {
    const sums = new Uint32Array((width + 1) * (height + 1));
    for (let row = 0, at = 0; row < height; row++) {
      for (let column = 0, line = 0, here = (row + 1) * (width + 1) + 1; column < width; column++, at++, here++) {
        line += grey[at];
        sums[here] = sums[here - width - 1] + line;
      }
    }
    return sums;
  };

  // Ink is what is darker than the paper around it, so a shadow over half a sheet stays paper (Bradley and Roth 2007).
  const DARKER = 0.14, LEAST = 8;
  const inBlackAndWhite = (page) => {
    const { width, height } = page, grey = greyOf(page), sums = sumsOf(grey, width, height), line = width + 1;
    const around = Math.max(6, Math.round(Math.max(width, height) / 40)), own = Math.max(width, height) > 1200 ? 1 : 0;
    const mean = (column, row, reach) => {
      const left = Math.max(column - reach, 0), right = Math.min(column + reach + 1, width);
      const top = Math.max(row - reach, 0) * line, bottom = Math.min(row + reach + 1, height);
      const all = sums[bottom * line + right] - sums[bottom * line + left] - sums[top + right] + sums[top + left];
      return all / ((right - left) * (bottom - top / line));
    };
    const ink = new Uint8Array(grey.length);
    for (let row = 0, at = 0; row < height; row++) {
      for (let column = 0; column < width; column++, at++) {
        const paper = mean(column, row, around);
        ink[at] = mean(column, row, own) < paper - Math.max(paper * DARKER, LEAST) ? 0 : 255;
      }
    }
    return painted(page, ink);
  };

  window.pliScan = { sizeOf, isPage, straightened, inks: { couleur: (page) => page, gris: inGrey, noir: inBlackAndWhite } };
})();
