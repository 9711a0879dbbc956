import { expect, test } from "vitest";
import { createImage } from "../../core/image.ts";
import type { FaceData } from "../../worker-rpc/inference-api.ts";
import { chooseSpeakers } from "./choose-speakers.ts";

const picture = createImage(900, 400);

/** A face of `size` pixels whose outer eye corners lie half of it apart. */
function face(x: number, size = 200, yawDeg = 0): FaceData {
  const points = new Float32Array(478 * 3);
  points[33 * 3] = x + size / 4;
  points[263 * 3] = x + (3 * size) / 4;
  return {
    detection: { box: { x, y: 50, width: size, height: size }, keypoints: new Float32Array(12), score: 0.9 },
    landmarks: { points, presence: 1 },
    pose: { yawDeg, pitchDeg: 0, rollDeg: 0 },
  };
}

function maskOver(fromX: number, toX: number) {
  const mask = createImage(90, 40);
  for (let i = 0; i < 90 * 40; i++) {
    const x = (i % 90) * 10;
    mask.data.fill(x >= fromX && x < toX ? 255 : 0, i * 4, i * 4 + 3);
    mask.data[i * 4 + 3] = 255;
  }
  return mask;
}

test("one voice moves the largest face, and the others are told of", () => {
  const [large, small] = [face(500, 240), face(0, 120)];
  const { speakers, warnings } = chooseSpeakers([large, small], 1, null, picture);
  expect(speakers).toEqual([large]);
  expect(warnings).toContainEqual(expect.objectContaining({ values: { faces: 2 } }));
});

test("a mask of any size picks the face that it covers", () => {
  const [large, small] = [face(500, 240), face(0, 150)];
  expect(chooseSpeakers([large, small], 1, maskOver(0, 200), picture).speakers).toEqual([small]);
});

test("two voices go to the left-most and the right-most, the background left out", () => {
  const faces = [face(350, 220), face(650, 210), face(20, 200), face(600, 30)];
  const { speakers, warnings } = chooseSpeakers(faces, 2, null, picture);
  expect(speakers).toEqual([faces[2], faces[1]]);
  expect(warnings).toContainEqual({ code: "face/outermost", values: { faces: 4 } });
});

test("under a mask two voices go to the faces that it names, however small", () => {
  const faces = [face(350, 220), face(650, 110), face(20, 100)];
  const named = chooseSpeakers([faces[0]!, faces[2]!, faces[1]!], 2, maskOver(0, 600), picture);
  expect(named.speakers).toEqual([faces[2], faces[0]]);
});

test("a dialogue whose mask covers one face or none says how many it covers", () => {
  const faces = [face(100), face(500)];
  for (const [from, to, covered] of [
    [0, 350, 1],
    [890, 900, 0],
  ] as const) {
    expect(() => chooseSpeakers(faces, 2, maskOver(from, to), picture)).toThrow(
      expect.objectContaining({
        code: "input/one-face",
        message: expect.stringContaining(covered ? "one face" : "no face"),
      }),
    );
  }
});

test("of two faces neither is too far back, and nobody is told of others", () => {
  const faces = [face(500, 240), face(0, 150)];
  const { speakers, warnings } = chooseSpeakers(faces, 2, null, picture);
  expect(speakers).toEqual([faces[1], faces[0]]);
  expect(warnings).toEqual([]);
});

test("who is left and who right is told by the middles of faces, not by their edges", () => {
  const [wide, narrow] = [face(200, 400), face(260, 190)];
  expect(chooseSpeakers([wide, narrow], 2, null, picture).speakers).toEqual([narrow, wide]);
});

test.each([
  ["no face", [], "input/no-face"],
  ["one face", [face(100)], "input/one-face"],
  ["a tiny one beside a large one, both needed", [face(100), face(500, 60)], "input/face-too-small"],
  ["a profile", [face(100), face(500, 200, 60)], "input/face-turned"],
] as const)("a dialogue with %s ends with its code", (_what, faces, code) => {
  expect(() => chooseSpeakers(faces, 2, null, picture)).toThrow(expect.objectContaining({ code }));
});
