import { describe, expect, test } from "vitest";
import { fitHead } from "../../src/render/face-rig/head-fit.ts";
import { INNER_LOWER, INNER_UPPER, OUTER_LOWER, OUTER_UPPER } from "../../src/render/face-rig/topology.ts";
import { knowTeeth, lookForTeeth, viewTeeth, withTeethColour } from "../../src/render/video/video-teeth.ts";
import type { PictureFacts } from "../../src/render/portrait/picture-facts.ts";
import { ownRig } from "./synthetic-track.ts";

const rig = ownRig();
const SIDE = 260;
const SCALE = 20;
const SKIN = [190, 145, 125, 255];
const LIP = [165, 80, 80, 255];
const TOOTH = [225, 215, 200, 255];
const TONGUE = [200, 110, 110, 255];
const DARK = [40, 15, 15, 255];

type Paint = (share: number) => readonly number[];

/** A face with open lips; `inside` paints what is between them, from the upper lip (0) to the lower one (1). */
function openMouth(inside: Paint) {
  const points = new Float32Array(468 * 3);
  for (let v = 0; v < 468; v++) {
    const opened = [0, 1, 2].map((k) => rig.vertices[v * 3 + k]! + 0.35 * rig.deltas.jaw[v * 3 + k]!);
    points[v * 3] = SIDE / 2 + SCALE * opened[0]! + 0.5;
    points[v * 3 + 1] = 80 + SCALE * opened[1]! + 0.5;
    points[v * 3 + 2] = SCALE * opened[2]!;
  }
  const image = { width: SIDE, height: SIDE, data: new Uint8ClampedArray(SIDE * SIDE * 4) };
  const height = (ring: readonly number[], x: number) => {
    const xs = ring.map((v) => points[v * 3]! - 0.5);
    const j = Math.min(ring.length - 2, Math.max(0, xs.findIndex((at) => at > x) - 1));
    const share = (x - xs[j]!) / (xs[j + 1]! - xs[j]!);
    const y = (k: number) => points[ring[k]! * 3 + 1]! - 0.5;
    return y(j) + (y(j + 1) - y(j)) * share;
  };
  const within = (ring: readonly number[], x: number) =>
    x > points[ring[0]! * 3]! && x < points[ring[ring.length - 1]! * 3]!;
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      let colour: readonly number[] = SKIN;
      if (within(OUTER_UPPER, x) && y > height(OUTER_UPPER, x) && y < height(OUTER_LOWER, x)) colour = LIP;
      if (within(INNER_UPPER, x)) {
        const [from, to] = [height(INNER_UPPER, x), height(INNER_LOWER, x)];
        if (y > from && y < to) colour = inside((y - from) / (to - from));
      }
      image.data.set(colour, (y * SIDE + x) * 4);
    }
  }
  return lookForTeeth(rig, image, { points, presence: 1 });
}

const row = () => openMouth((share) => (share < 0.55 ? TOOTH : DARK));

describe("the person's own teeth", () => {
  test("are found as a row below the upper lip, in their colour", () => {
    const seen = row();
    expect(seen?.row).not.toBeNull();
    // Linear light of the painted teeth: 0.75, 0.68, 0.58.
    [0.75, 0.68, 0.58].forEach((value, k) => expect(seen!.colour[k]).toBeCloseTo(value, 1));
    expect(seen!.row!.area).toBeGreaterThan(0.01);
  });

  test("a tongue is none", () => {
    expect(openMouth(() => TONGUE)).toBeNull();
    expect(openMouth(() => DARK)).toBeNull();
  });

  test("lower teeth lend their colour, but are no upper row", () => {
    const seen = openMouth((share) => (share < 0.5 ? TONGUE : TOOTH));
    expect(seen).not.toBeNull();
    expect(seen!.row).toBeNull();
  });

  test("are believed when two frames show them", () => {
    const seen = row();
    expect(knowTeeth([seen, null, null])).toBeNull();
    expect(knowTeeth([])).toBeNull();
    const known = knowTeeth([seen, { ...seen!, row: null }]);
    expect(known?.colour).toEqual(seen!.colour);
    expect(known?.row).toBeNull();
    expect(knowTeeth([seen, row()])?.row).not.toBeNull();
  });

  test("go with the head, in the light of the picture they are put into", () => {
    const known = knowTeeth([row(), row()])!;
    const moved = fitHead(
      rig.vertices,
      Float64Array.from(rig.vertices, (value, i) => value * SCALE + [150, 100, 0][i % 3]!),
    );
    const dim = known.skin.map((value) => value * 0.7) as [number, number, number];
    const facts = { skin: dim, teeth: [0.3, 0.3, 0.3] } as unknown as PictureFacts;
    const view = viewTeeth(known.row!, facts, moved);
    // The head is 20 pixels to the right and down of where it was: the teeth are looked up 20 pixels to the left and up.
    expect(view.map[2]).toBeCloseTo(-20, 0);
    expect(view.map[5]).toBeCloseTo(-20, 0);
    for (const gain of view.light) expect(gain).toBeCloseTo(0.7, 5);
    expect(withTeethColour(facts, known).teeth[0]).toBeGreaterThan(0.45);
  });
});
