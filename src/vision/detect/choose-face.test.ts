import { expect, test } from "vitest";
import { EngineError } from "../../job/errors.ts";
import { LANDMARK_COUNT } from "../../core/face.ts";
import { createImage } from "../../core/image.ts";
import { maskAlpha, type MaskAlpha } from "../../core/mask-alpha.ts";
import { chooseFace, coverage } from "./choose-face.ts";
import { eyeDistancePx } from "./usable-face.ts";
import type { FoundFace } from "../landmarks/face-analyser.ts";

/** A face of `side` pixels at a place; its outer eye corners are 0.6 sides apart. */
function face(x: number, y: number, side: number, yawDeg = 0): FoundFace {
  const points = new Float32Array(LANDMARK_COUNT * 3);
  const turned = (yawDeg * Math.PI) / 180;
  points.set([x + 0.2 * side, y + 0.4 * side, 0], 33 * 3);
  points.set(
    [x + (0.2 + 0.6 * Math.cos(turned)) * side, y + 0.4 * side, 0.6 * Math.sin(turned) * side],
    263 * 3,
  );
  return {
    detection: { box: { x, y, width: side, height: side }, keypoints: new Float32Array(12), score: 0.9 },
    landmarks: { points, presence: 1 },
    pose: { yawDeg, pitchDeg: 0, rollDeg: 0 },
  };
}

function whiteBox(left: number, top: number, side: number): MaskAlpha {
  const data = Uint8Array.from({ length: 400 * 300 }, (_, i) => {
    const [x, y] = [i % 400, Math.floor(i / 400)];
    return x >= left && x < left + side && y >= top && y < top + side ? 255 : 0;
  });
  return { width: 400, height: 300, data };
}

const codeOf = (work: () => unknown) => {
  try {
    work();
    return "none";
  } catch (error) {
    return error instanceof EngineError ? error.code : "foreign";
  }
};

const large = face(10, 50, 120);
const small = face(250, 60, 90);

test("the largest face is taken and the others are told", () => {
  const { chosen, others, warnings } = chooseFace([large, small]);
  expect(chosen).toBe(large);
  expect(others).toEqual([small]);
  expect(warnings).toHaveLength(1);
  expect(chooseFace([large]).warnings).toEqual([]);
});

test("a mask picks the face that it covers most, and none is an error", () => {
  const mask = whiteBox(250, 60, 45);
  expect(coverage(small, mask)).toBeCloseTo(0.25);
  expect(coverage(large, mask)).toBe(0);
  expect(chooseFace([large, small], mask).chosen).toBe(small);
  expect(codeOf(() => chooseFace([large, small], whiteBox(180, 0, 40)))).toBe("input/no-face");
});

test("a transparent mask covers nothing", () => {
  const mask = createImage(40, 30);
  for (let i = 0; i < mask.data.length; i += 4) mask.data.set([255, 255, 255, 0], i);
  expect(coverage(large, maskAlpha(mask, 400, 300))).toBe(0);
});

test("no face, too small a face and a profile have their own codes", () => {
  expect(codeOf(() => chooseFace([]))).toBe("input/no-face");
  expect(codeOf(() => chooseFace([face(0, 0, 53)]))).toBe("input/face-too-small");
  expect(codeOf(() => chooseFace([face(0, 0, 54)]))).toBe("none");
  expect(codeOf(() => chooseFace([face(0, 0, 200, 46)]))).toBe("input/face-turned");
  expect(codeOf(() => chooseFace([face(0, 0, 200, -46)]))).toBe("input/face-turned");
  expect(codeOf(() => chooseFace([face(0, 0, 200, 44)]))).toBe("none");
});

test("a strong turn is warned of, and does not make a face small", () => {
  expect(chooseFace([face(0, 0, 200, 33)]).warnings).toHaveLength(1);
  expect(chooseFace([face(0, 0, 200, 28)]).warnings).toEqual([]);
  expect(eyeDistancePx(face(0, 0, 100, 40))).toBeCloseTo(60, 3);
});
