import { expect, test } from "vitest";
import { createImage } from "../../core/image.ts";
import { createRandom } from "../../core/random.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import { INNER_LOWER, INNER_UPPER } from "../face-rig/topology.ts";
import { outlineOf } from "../mouth/mouth-outline.ts";
import { blurPlane } from "../raster/plane.ts";
import { wordsOf, type Canvas } from "../raster/warp.ts";
import { createFaceBox, DETAIL_PROBE, gainRow, type LightGain, type SpreadMesh } from "./face-box.ts";

const SIZE = { width: 75, height: 64 };
const BOX = { x: 7, y: 5, width: 61, height: 53 };
const PIXELS = BOX.width * BOX.height;
const SIDE = 7;
const random = createRandom(11);

const noise = (): Canvas => ({
  ...SIZE,
  words: Uint32Array.from({ length: SIZE.width * SIZE.height }, () => (2 ** 32 * random()) >>> 0),
});

/** A bent grid, some of it beyond the box. */
const points = Float64Array.from({ length: SIDE * SIDE * 2 }, (_, i) => {
  const at = i % 2 === 0 ? (i >> 1) % SIDE : Math.floor((i >> 1) / SIDE);
  return (i % 2 === 0 ? 2 : 9) + 10.5 * at + 5 * random();
});
const mesh: SpreadMesh = {
  points,
  triangles: Uint16Array.from(
    Array.from({ length: (SIDE - 1) ** 2 }, (_, cell) => {
      const a = Math.floor(cell / (SIDE - 1)) * SIDE + (cell % (SIDE - 1));
      return [a, a + 1, a + SIDE, a + 1, a + SIDE + 1, a + SIDE];
    }).flat(),
  ),
};
const valuesOf = (of: () => number) => Float64Array.from({ length: SIDE * SIDE }, of);
const shares = valuesOf(() => clamp(1.6 * random() - 0.3, 0, 1));
const skins = valuesOf(() => (random() < 0.8 ? 1 : 0));

/** A box with noise as the frame and both drawn pictures. */
function begun() {
  const face = createFaceBox();
  const canvases = { real: noise(), one: noise(), two: noise() };
  face.begin(BOX, points.length / 2, mesh.triangles.length / 3);
  face.spreadShares(mesh, shares, skins);
  for (const name of ["real", "one", "two"] as const) face.load(name, canvases[name]);
  return { face, ...canvases };
}

const channel = (word: number, k: number) => (word >>> (8 * k)) & 255;

/** Plain arithmetic of {@link FaceBox.spread}. */
function spreadPlainly(values: Float64Array): Float32Array {
  const out = new Float32Array(PIXELS);
  for (let t = 0; t < mesh.triangles.length; t += 3) {
    const [a, b, c] = mesh.triangles.subarray(t, t + 3) as unknown as [number, number, number];
    const [ax, bx, cx] = [a, b, c].map((v) => points[2 * v]! - BOX.x) as [number, number, number];
    const [ay, by, cy] = [a, b, c].map((v) => points[2 * v + 1]! - BOX.y) as [number, number, number];
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    for (
      let y = Math.max(0, Math.ceil(Math.min(ay, by, cy)));
      y <= Math.min(BOX.height - 1, Math.max(ay, by, cy));
      y++
    ) {
      for (
        let x = Math.max(0, Math.ceil(Math.min(ax, bx, cx)));
        x <= Math.min(BOX.width - 1, Math.max(ax, bx, cx));
        x++
      ) {
        const ofB = (x - ax) * ((cy - ay) / area) - (y - ay) * ((cx - ax) / area);
        const ofC = (y - ay) * ((bx - ax) / area) - (x - ax) * ((by - ay) / area);
        const ofA = 1 - ofB - ofC;
        if (Math.min(ofA, ofB, ofC) < -1e-6) continue;
        out[y * BOX.width + x] = ofA * values[a]! + ofB * values[b]! + ofC * values[c]!;
      }
    }
  }
  return out;
}

test("values of vertices are spread as plain arithmetic spreads them, to the last bit", () => {
  const { face } = begun();
  const alpha = spreadPlainly(shares);
  const skin = spreadPlainly(skins).map((value, i) => (alpha[i]! > 0 && value > 0.95 ? 1 : 0));
  expect(face.alpha).toEqual(alpha);
  expect(face.skin).toEqual(skin);
  expect(face.spread(mesh, skins)).toEqual(spreadPlainly(skins));
  expect(skin.filter((value) => value > 0).length).toBeGreaterThan(500);
});

test("the detail of skin is that of plain arithmetic", () => {
  const { face, one } = begun();
  const { skin } = face;
  const green = (x: number, y: number) => channel(one.words[(BOX.y + y) * SIZE.width + BOX.x + x]!, 1);
  const apart = (x: number, y: number) =>
    green(x, y) - (green(x - 1, y) + green(x + 1, y) + green(x, y - 1) + green(x, y + 1)) / 4;
  let [plain, sharpened, count] = [0, 0, 0];
  for (let y = 2; y < BOX.height - 2; y += 2) {
    for (let x = 2 + (y & 2) / 2; x < BOX.width - 2; x += 2) {
      const near = [
        [0, 0],
        [-2, 0],
        [2, 0],
        [0, -2],
        [0, 2],
      ] as const;
      if (near.some(([right, down]) => skin[(y + down) * BOX.width + x + right]! <= 0)) continue;
      const around = apart(x - 1, y) + apart(x + 1, y) + apart(x, y - 1) + apart(x, y + 1);
      plain += Math.abs(apart(x, y));
      sharpened += Math.abs(apart(x, y) + DETAIL_PROBE * (apart(x, y) - around / 4));
      count++;
    }
  }
  expect(count).toBeGreaterThan(50);
  expect(face.detailOf("one")).toEqual({ plain: plain / count, sharpened: sharpened / count });
});

test("light is measured where weights say so, and a face is laid over a frame as plain arithmetic does it", () => {
  const { face, real, one } = begun();
  const weights = Float32Array.from(face.skin, (value) => value * random());
  const equal = face.measureGain(9, face.skin.slice());
  expect(face.measureGain(9)).toEqual(equal);
  const gain = face.measureGain(9, weights);
  expect(gain.gains).toEqual(gainPlainly(real, one, weights, 9));
  expect(gain.gains).not.toEqual(equal.gains);
  const { alpha } = face;
  const wanted = laidPlainly(real, one, alpha, gain, 0.9, 0.4);
  face.lay(gain, 0.9, 0.4);
  face.store("real", real);
  expect(real.words).toEqual(wanted);
});

/** Plain arithmetic of {@link FaceBox.measureGain}. */
function gainPlainly(real: Canvas, drawn: Canvas, weights: Float32Array, sigma: number): Float32Array {
  const cell = Math.round(sigma / 3);
  const [columns, rows] = [Math.ceil(BOX.width / cell), Math.ceil(BOX.height / cell)];
  const soft = [0, 1, 2, 3, 4, 5, 6].map((k) => {
    const data = new Float32Array(columns * rows);
    for (let y = 0; y < BOX.height; y++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let x = column * cell; x < Math.min(BOX.width, (column + 1) * cell); x++) {
          const at = (BOX.y + y) * SIZE.width + BOX.x + x;
          const value = k === 3 ? 1 : channel((k < 3 ? real : drawn).words[at]!, k % 4);
          sum += weights[y * BOX.width + x]! * value;
        }
        data[Math.floor(y / cell) * columns + column]! += sum;
      }
    }
    return blurPlane({ width: columns, height: rows, data }, sigma / cell).data;
  });
  return Float32Array.from({ length: 4 * columns * rows }, (_, i) => {
    const [cellAt, k] = [i >> 2, i & 3];
    const w = 4 * (soft[3]![cellAt]! + 1e-4);
    return k === 3 ? 0 : clamp((soft[k]![cellAt]! + w) / (soft[4 + k]![cellAt]! + w), 0.75, 1.33);
  });
}

/** Plain arithmetic of {@link FaceBox.lay}. */
function laidPlainly(
  real: Canvas,
  drawn: Canvas,
  alpha: Float32Array,
  gain: LightGain,
  share: number,
  sharper: number,
): Uint32Array {
  const image = createImage(SIZE.width, SIZE.height);
  wordsOf(image).set(real.words);
  const light = new Float32Array(3 * BOX.width);
  for (let y = 0; y < BOX.height; y++) {
    gainRow(gain, y, BOX.width, light);
    for (let x = 0; x < BOX.width; x++) {
      const i = y * BOX.width + x;
      const a = smoothstep(0.05, 0.6, alpha[i]!) * share;
      if (a <= 0.002) continue;
      const at = (BOX.y + y) * SIZE.width + BOX.x + x;
      const inner = x > 0 && y > 0 && x < BOX.width - 1 && y < BOX.height - 1;
      const beside = (inBox: number, inFrame: number) =>
        drawn.words[inner && alpha[i + inBox]! > 0 ? at + inFrame : at]!;
      const near = [
        beside(-1, -1),
        beside(1, 1),
        beside(-BOX.width, -SIZE.width),
        beside(BOX.width, SIZE.width),
      ];
      for (let k = 0; k < 3; k++) {
        const plain = channel(drawn.words[at]!, k);
        const around = near.reduce((sum, word) => sum + channel(word, k), 0);
        const added = clamp(sharper * (plain - around / 4), -12, 12);
        const own = image.data[at * 4 + k]!;
        image.data[at * 4 + k] = own + ((plain + added) * light[x * 3 + k]! - own) * a;
      }
    }
  }
  return wordsOf(image);
}

test("the light of the frame is found: half of a picture in red, all of it in blue", () => {
  const face = createFaceBox();
  const flat = (word: number): Canvas => ({
    ...SIZE,
    words: new Uint32Array(SIZE.width * SIZE.height).fill(word),
  });
  face.begin(BOX, points.length / 2, mesh.triangles.length / 3);
  face.spreadShares(mesh, shares, skins);
  face.load("real", flat(0xff_64_64_50));
  face.load("one", flat(0xff_64_60_64));
  const { gains } = face.measureGain(9);
  const middle = gains.slice(4 * Math.floor(gains.length / 8), 4 * Math.floor(gains.length / 8) + 4);
  // Four grey levels are added to both sides: 84 / 104, 104 / 100, 1.
  [84 / 104, 104 / 100, 1, 0].forEach((value, k) => expect(middle[k]).toBeCloseTo(value, 4));
});

test("two mouths mix in the skin around, not between the lips", () => {
  const size = { width: 60, height: 40 };
  const box = { x: 0, y: 0, ...size };
  const lips = new Float64Array(468 * 2);
  INNER_UPPER.forEach((v, i) => lips.set([10 + 4 * i, 15], v * 2));
  INNER_LOWER.forEach((v, i) => lips.set([10 + 4 * i, 25], v * 2));
  const start = (word: number) => ({ ...size, words: new Uint32Array(60 * 40).fill(word) });
  const mixed = (opening: ReturnType<typeof outlineOf> | null) => {
    const face = createFaceBox();
    face.begin(box, 1, 1);
    face.load("one", start(0xff000000));
    face.load("two", start(0xff808080));
    face.mix(0.75, opening);
    return face.words("one");
  };
  const words = mixed(outlineOf(lips));
  const at = (x: number, y: number) => words[y * 60 + x]! & 255;
  expect(at(30, 20)).toBe(0);
  expect(at(30, 5)).toBe(32);
  expect(at(5, 20)).toBe(32);
  expect(new Set(mixed(null))).toEqual(new Set([0xff202020]));
});
