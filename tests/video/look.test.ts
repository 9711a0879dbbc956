import { describe, expect, test } from "vitest";
import { REST_POSE } from "../../src/core/mouth.ts";
import { createRandom, normal } from "../../src/core/random.ts";
import { fitFace } from "../../src/render/face-rig/fitted-face.ts";
import { shapeOfMouth } from "../../src/render/face-rig/mouth-shapes.ts";
import { outlineOf } from "../../src/render/mouth/mouth-outline.ts";
import { INNER_LOWER, INNER_UPPER } from "../../src/render/face-rig/topology.ts";
import { createFaceBox } from "../../src/render/video/face-box.ts";
import { measureSeam, wipeSeam } from "../../src/render/video/video-lip-edge.ts";
import { removeHighlights } from "../../src/render/video/video-lip-highlights.ts";
import { createVideoMesh } from "../../src/render/video/video-mesh.ts";
import { project } from "../../src/render/video/video-motion.ts";
import { createReference } from "../../src/render/video/video-reference.ts";
import { detailLike, matchingGain } from "../../src/render/video/video-sharpness.ts";
import { wordsOf } from "../../src/render/raster/warp.ts";
import { ownRig } from "./synthetic-track.ts";

const rig = ownRig();
const SIDE = 200;
const SCALE = 16;

/** The canonical face with a dark line between its lips, skin of one colour. */
function plainFace() {
  const points = new Float32Array(468 * 3);
  for (let v = 0; v < 468; v++) {
    points[v * 3] = SIDE / 2 + SCALE * rig.vertices[v * 3]! + 0.5;
    points[v * 3 + 1] = 60 + SCALE * rig.vertices[v * 3 + 1]! + 0.5;
    points[v * 3 + 2] = SCALE * rig.vertices[v * 3 + 2]!;
  }
  // The canonical lips are a little apart.
  INNER_UPPER.forEach((upper, i) => {
    const lower = INNER_LOWER[i]!;
    const middle = (points[upper * 3 + 1]! + points[lower * 3 + 1]!) / 2;
    for (const v of [upper, lower]) points[v * 3 + 1] = middle;
  });
  const at = (v: number, axis: 0 | 1) => points[v * 3 + axis]! - 0.5;
  const image = { width: SIDE, height: SIDE, data: new Uint8ClampedArray(SIDE * SIDE * 4).fill(255) };
  const put = (x: number, y: number, colour: readonly number[]) => image.data.set(colour, (y * SIDE + x) * 4);
  for (let y = 0; y < SIDE; y++) for (let x = 0; x < SIDE; x++) put(x, y, [190, 150, 130, 255]);
  const line = (x: number) => {
    const share = (x - at(78, 0)) / (at(308, 0) - at(78, 0));
    const j = Math.min(9, Math.max(0, Math.floor(share * 10)));
    const middle = (k: number) => (at(INNER_UPPER[k]!, 1) + at(INNER_LOWER[k]!, 1)) / 2;
    return middle(j) + (middle(j + 1) - middle(j)) * (share * 10 - j);
  };
  for (let x = Math.ceil(at(61, 0)); x <= at(291, 0); x++) {
    for (let y = Math.ceil(at(0, 1)); y <= at(17, 1); y++) {
      put(x, y, Math.abs(y - line(x)) < 2 ? [70, 30, 30, 255] : [170, 90, 90, 255]);
    }
  }
  return { image, put, line, fitted: () => fitFace(rig, image, { points, presence: 1 }) };
}

const lightAt = (image: { data: Uint8ClampedArray }, x: number, y: number) =>
  image.data[(y * SIDE + x) * 4 + 1]!;

describe("specks between shut lips", () => {
  test("a bright pixel at the corner goes, the rest stays", () => {
    const { image, put, line, fitted } = plainFace();
    const face = fitted();
    const x = Math.round(face.points[78 * 3]! + 3);
    const y = Math.round(line(x));
    put(x, y, [240, 240, 235, 255]);
    const before = image.data.slice();
    const clean = removeHighlights(image, face);
    expect(lightAt(clean, x, y)).toBeLessThan(110);
    let changed = 0;
    for (let i = 0; i < before.length; i += 4) if (clean.data[i + 1] !== before[i + 1]) changed++;
    expect(changed).toBeLessThanOrEqual(5);
  });

  test("lips without specks are not copied", () => {
    const { image, fitted } = plainFace();
    expect(removeHighlights(image, fitted())).toBe(image);
  });
});

describe("the dark line of shut lips", () => {
  test("is measured on both lips", () => {
    const { image, fitted } = plainFace();
    const face = fitted();
    const { upper, lower } = measureSeam(image, face);
    const middle = Math.floor(upper.length / 2);
    // Four rows are dark; the inner contours lie within them.
    const across = (upper[middle]! + lower[middle]!) * face.iod;
    expect(across).toBeGreaterThan(3);
    expect(across).toBeLessThan(9);
  });

  test("leaves the lips when they part and stays while they are shut", () => {
    const { image, fitted } = plainFace();
    const face = fitted();
    const seam = measureSeam(image, face);
    const target = new Float64Array(468 * 2);
    const place = (gap: number) => {
      for (let v = 0; v < 468; v++) target.set(face.points.subarray(v * 3, v * 3 + 2), v * 2);
      INNER_LOWER.slice(1, -1).forEach((v) => (target[v * 2 + 1]! += gap));
    };
    const words = wordsOf(image);
    const wiped = (gap: number, melting = 0) => {
      const canvas = { width: SIDE, height: SIDE, words: words.slice() };
      place(gap);
      wipeSeam(canvas, outlineOf(target), seam, face.iod, melting);
      return canvas.words;
    };
    expect(wiped(0)).toEqual(words);
    // The contour stays where it is while the lower lip's goes down: the line's upper half is on the upper lip's edge.
    const x = Math.round(face.points[13 * 3]!);
    const y = Math.floor(face.points[13 * 3 + 1]!) - 1;
    const green = (list: Uint32Array) => (list[y * SIDE + x]! >>> 8) & 255;
    expect(green(words)).toBe(30);
    expect(green(wiped(10))).toBeGreaterThan(55);
    // In a small, blurred face lips have no visible inward turn: their edge is nearly as light as they are.
    expect(green(wiped(10, 1))).toBeGreaterThan(5 + green(wiped(10)));
  });
});

test("a small, blurred face shows no dark ring between its lips and its teeth", () => {
  const { image, fitted } = plainFace();
  const { points } = fitted();
  const mesh = createVideoMesh(rig);
  const landmarks = {
    points: Float32Array.from(points, (value, i) => value + (i % 3 < 2 ? 0.5 : 0)),
    presence: 1,
  };
  const reference = createReference(rig, image, landmarks, mesh.textured, false, () => null);
  const { head } = reference.fitted;
  /** Darkest green in the middle of the mouth relative to the lips', with the face drawn at a share of its size. */
  const darkest = (share: number, aperture = 0.22) => {
    const smaller = { ...head, scale: share * head.scale };
    const shape = shapeOfMouth({ ...REST_POSE, aperture, stretch: 0.4, teeth: 0.3 });
    const posed = reference.express(shape).map((value, i) => value + reference.closed[i]!);
    const target = new Float64Array(468 * 2);
    project(posed, smaller, target);
    const canvas = { width: SIDE, height: SIDE, words: new Uint32Array(SIDE * SIDE) };
    reference.draw(shape, target, smaller, canvas);
    const x = Math.round(target[13 * 2]!);
    let least = 255;
    for (let y = Math.ceil(target[0 * 2 + 1]!); y < target[17 * 2 + 1]!; y++) {
      least = Math.min(least, (canvas.words[y * SIDE + x]! >>> 8) & 255);
    }
    return least / 90;
  };
  // Eyes 100 and 28 pixels apart.
  expect(darkest(1)).toBeLessThan(0.72);
  expect(darkest(0.28)).toBeGreaterThan(0.77);
  // A wide-open mouth is dark even there: what is not quite black in a blurred face is no haze.
  expect(darkest(0.28, 0.75)).toBeLessThan(0.55);
});

describe("sharpness", () => {
  const box = { x: 0, y: 0, width: 96, height: 96 };
  const noise = (sigma: number) => {
    const random = createRandom(5);
    return Uint32Array.from({ length: 96 * 96 }, () => {
      const value = Math.round(Math.min(255, Math.max(0, 128 + sigma * normal(random))));
      return (0xff000000 | (value << 16) | (value << 8) | value) >>> 0;
    });
  };
  const corners = Float64Array.of(-1, -1, 97, -1, -1, 97, 97, 97);
  const everywhere = new Float64Array(4).fill(1);

  /** A face of nothing but skin over all of a box. @param words what is drawn of it. */
  function faceOf(words: Uint32Array) {
    const face = createFaceBox();
    const canvasOf = (pixels: Uint32Array) => ({ width: 96, height: 96, words: pixels });
    face.begin(box, 4, 2);
    const mesh = { triangles: Uint16Array.of(0, 1, 2, 1, 3, 2), points: corners };
    face.spreadShares(mesh, everywhere, everywhere);
    face.load("one", canvasOf(words));
    return {
      detail: () => face.detailOf("one"),
      /** What a frame of one colour becomes, in the face's own light. */
      laidOver(colour: number, sharper: number) {
        face.load("real", canvasOf(words));
        const gain = face.measureGain(8);
        face.load("real", canvasOf(new Uint32Array(96 * 96).fill(colour)));
        face.lay(gain, 1, sharper);
        return {
          greens: face.words("real").map((word) => (word >>> 8) & 255),
          detail: face.detailOf("real"),
        };
      },
    };
  }

  test("a soft layer gets the detail that is asked for, within a tenth", () => {
    const face = faceOf(noise(3));
    const { plain } = face.detail();
    for (const wanted of [0.75 * plain, 1.4 * plain]) {
      const { detail } = face.laidOver(0xff808080, matchingGain(face.detail(), wanted));
      expect(detail.plain / wanted).toBeGreaterThan(0.9);
      expect(detail.plain / wanted).toBeLessThan(1.1);
    }
  });

  test("the nose's sharpness is believed as far as the frame's own lower face bears it out", () => {
    expect(detailLike(2, 1.9, 1.5)).toBe(2);
    // Grain of a key frame asks for more than there is, a blurred nose for less.
    expect(detailLike(3, 1, 2)).toBeCloseTo(1.2);
    expect(detailLike(0.3, 1, 1.5)).toBeCloseTo(0.9);
    // Edges of the old mouth never ask for more than is drawn.
    expect(detailLike(0.6, 4, 1)).toBe(1);
    expect(detailLike(0.7, 0, 1)).toBe(0.7);
  });

  test("sharpening has limits", () => {
    const detail = faceOf(noise(3)).detail();
    expect(matchingGain(detail, 1000)).toBe(0.9);
    expect(matchingGain(detail, 0)).toBe(-0.5);
    expect(matchingGain(faceOf(noise(0)).detail(), 5)).toBe(0);
  });

  test("an edge gets no light rim of more than twelve levels", () => {
    const words = Uint32Array.from({ length: 96 * 96 }, (_, i) => (i % 96 < 48 ? 0xff404040 : 0xffc0c0c0));
    const { greens } = faceOf(words).laidOver(0xff000000, 0.9);
    expect(Math.max(...greens)).toBeLessThanOrEqual(0xc0 + 12);
    expect(Math.min(...greens)).toBeGreaterThanOrEqual(0x40 - 12);
  });
});
