import { expect, test } from "vitest";
import { paintFace as paint, readRig } from "../../../tests/fixtures/painted-face.ts";
import { createImage, type RgbaImage } from "../../core/image.ts";
import { REST_POSE, type MouthPose } from "../../core/mouth.ts";
import { createDeformer } from "../face-rig/deformer.ts";
import { i420Bytes } from "../../media/planes/picture.ts";
import { rgbaToI420 } from "../../media/planes/yuv.ts";
import { fitFace } from "../face-rig/fitted-face.ts";
import { lipGapIod } from "../mouth/mouth-outline.ts";
import { shapeOfMouth } from "../face-rig/mouth-shapes.ts";
import { copySource, preparePortrait, type FramePose, type PortraitOptions } from "./portrait.ts";

const rig = readRig();
const pictures = new Map<number, ReturnType<typeof paint>>();
function paintFace(openIod = 0) {
  const picture = pictures.get(openIod) ?? paint(480, openIod);
  pictures.set(openIod, picture);
  return picture;
}
const STILL = { yawDeg: 0, pitchDeg: 0, rollDeg: 0, x: 0, y: 0 };
const FACE = { blinkLeft: 0, blinkRight: 0, brow: 0, smile: 0 };
const KEY_POSES: Record<string, Partial<MouthPose>> = {
  ah: { aperture: 1 },
  ee: { aperture: 0.3, stretch: 1 },
  oo: { aperture: 0.25, round: 1 },
  fv: { labiodental: 1 },
  mbp: { closure: 1 },
  l: { aperture: 0.35, tongue: 1 },
  s: { aperture: 0.15, teeth: 1, stretch: 0.4 },
  everything: { aperture: 1, stretch: 1, round: 1, teeth: 1, tongue: 1 },
};
const posed = (mouth: Partial<MouthPose>, rest: Partial<FramePose> = {}): FramePose => ({
  head: STILL,
  ...FACE,
  ...rest,
  mouth: { ...REST_POSE, ...mouth },
});

function draw(options: PortraitOptions, pose: FramePose): RgbaImage {
  const out = createImage(options.image.width, options.image.height);
  copySource(options.image, out);
  preparePortrait(options).render(pose, out);
  return out;
}

function changedPixels(a: RgbaImage, b: RgbaImage): { x: number; y: number }[] {
  const changed = [];
  for (let i = 0; i < a.data.length; i += 4) {
    if ([0, 1, 2, 3].some((k) => a.data[i + k] !== b.data[i + k])) {
      changed.push({ x: (i / 4) % a.width, y: Math.floor(i / 4 / a.width) });
    }
  }
  return changed;
}

/** Gap between the lips in inter-ocular distances for a pose of the painted face. */
function gapMeter(openIod: number) {
  const { image, landmarks } = paintFace(openIod);
  const face = fitFace(rig, image, landmarks);
  const deformer = createDeformer(rig, face, 1);
  return (mouth: Partial<MouthPose>) => {
    deformer.pose(shapeOfMouth({ ...REST_POSE, ...mouth }), FACE, STILL);
    return lipGapIod(face, deformer.target);
  };
}

test("a closed mouth at rest leaves every pixel as it was", () => {
  const painted = paintFace();
  expect(changedPixels(draw({ ...painted, rig }, posed({})), painted.image)).toEqual([]);
});

test("without head motion nothing changes outside the animated box, and something does within", () => {
  const painted = paintFace();
  const portrait = preparePortrait({ ...painted, rig });
  const { x, y, width, height } = portrait.animatedBox;
  const changed = changedPixels(draw({ ...painted, rig }, posed({ aperture: 1 })), painted.image);
  expect(changed.length).toBeGreaterThan(500);
  expect(changed.every((p) => p.x >= x && p.y >= y && p.x < x + width && p.y < y + height)).toBe(true);
});

test("no triangle of the face turns over in any pose at full strength", () => {
  const painted = paintFace();
  const face = fitFace(rig, painted.image, painted.landmarks);
  const deformer = createDeformer(rig, face, 1);
  const area = (points: Float64Array, t: number) => {
    const [a, b, c] = [0, 1, 2].map((k) => deformer.triangles[t * 3 + k]! * 2) as [number, number, number];
    return (
      (points[b]! - points[a]!) * (points[c + 1]! - points[a + 1]!) -
      (points[c]! - points[a]!) * (points[b + 1]! - points[a + 1]!)
    );
  };
  for (const [name, mouth] of Object.entries(KEY_POSES)) {
    for (const head of [STILL, { yawDeg: 5, pitchDeg: -4, rollDeg: 3, x: 0.02, y: 0.02 }]) {
      deformer.pose(shapeOfMouth({ ...REST_POSE, ...mouth }), { ...FACE, brow: 1, smile: 1 }, head);
      const turned = [];
      for (let t = 0; t < deformer.eyeTriangles; t++) {
        // Slivers at the nostrils may turn by 0.002 squared eye distances: a pixel or two across.
        const turnedArea = -area(deformer.target, t) * Math.sign(area(deformer.source, t));
        if (turnedArea / 2 > 0.002 * face.iod ** 2) turned.push(t);
      }
      expect(turned, name).toEqual([]);
    }
  }
});

test("lips meet on p, b and m, from a closed and from an open picture", () => {
  for (const openIod of [0, 0.1]) {
    const gap = gapMeter(openIod);
    for (const closure of [0.8, 0.9, 1]) {
      for (const other of [{}, { aperture: 0.05 }, { round: 0.8 }, { stretch: 0.8 }]) {
        expect(gap({ closure, ...other })).toBeLessThanOrEqual(0.02);
      }
    }
  }
});

test("a picture with an open mouth rests with its lips together", () => {
  expect(gapMeter(0.1)({})).toBeLessThanOrEqual(0.01);
});

test("drawn teeth are as light as the skin around, neither grey nor glaring", () => {
  const painted = paintFace();
  const shown = draw({ ...painted, rig }, posed({ aperture: 0.3, stretch: 1 }));
  const { points } = painted.landmarks;
  const greens: number[] = [];
  for (let y = Math.floor(points[0 * 3 + 1]!); y < points[17 * 3 + 1]!; y++) {
    for (let x = Math.ceil(points[81 * 3]!); x < points[311 * 3]!; x++) {
      const i = (y * shown.width + x) * 4;
      // Neither skin nor lips: what is less red than both.
      if (shown.data[i]! - shown.data[i + 1]! < 35) greens.push(shown.data[i + 1]!);
    }
  }
  greens.sort((a, b) => a - b);
  // The painted skin is 160; teeth of speakers measure 0.8 to 1.3 of it where the lips' shadow ends.
  const light = greens[Math.floor(0.9 * greens.length)]!;
  expect(greens.length).toBeGreaterThan(50);
  expect(light / 160).toBeGreaterThan(0.8);
  expect(light / 160).toBeLessThan(1.3);
});

test("lower teeth are seen in wide vowels, not in rounded ones", () => {
  const painted = paintFace();
  const face = fitFace(rig, painted.image, painted.landmarks);
  const deformer = createDeformer(rig, face, 1);
  /** Brightest green above the lower lip's middle, in the lower third of the opening. */
  const above = (mouth: Partial<MouthPose>) => {
    const shown = draw({ ...painted, rig }, posed(mouth));
    deformer.pose(shapeOfMouth({ ...REST_POSE, ...mouth }), FACE, STILL);
    const [x, top] = [Math.round(deformer.target[14 * 2]!), deformer.target[13 * 2 + 1]!];
    const bottom = deformer.target[14 * 2 + 1]!;
    const column = [];
    for (let y = Math.round(bottom - (bottom - top) / 3); y < bottom - 2; y++) {
      column.push(shown.data[(y * shown.width + x) * 4 + 1]!);
    }
    return Math.max(...column);
  };
  expect(above({ aperture: 0.8, stretch: 0.8 })).toBeGreaterThan(90);
  expect(above({ aperture: 0.8, round: 0.8 })).toBeLessThan(75);
});

test("the gap grows with aperture in every shape of the lips", () => {
  for (const openIod of [0, 0.08]) {
    const gap = gapMeter(openIod);
    for (const shape of [{}, { stretch: 1 }, { round: 1 }, { teeth: 1 }, { tongue: 1 }]) {
      const gaps = Array.from({ length: 21 }, (_, i) => gap({ ...shape, aperture: i / 20 }));
      for (let i = 1; i < gaps.length; i++) expect(gaps[i]!).toBeGreaterThanOrEqual(gaps[i - 1]! - 1e-6);
      expect(gaps[20]! - gaps[0]!).toBeGreaterThan(0.08);
    }
  }
});

test("the lips never jump: a hundredth of an articulator moves no point by more than 0.01 eye distances", () => {
  const { image, landmarks, iod } = paintFace();
  const deformer = createDeformer(rig, fitFace(rig, image, landmarks), 1);
  const place = (mouth: Partial<MouthPose>) => {
    deformer.pose(shapeOfMouth({ ...REST_POSE, ...mouth }), FACE, STILL);
    return deformer.target.slice();
  };
  for (const name of Object.keys(REST_POSE) as (keyof MouthPose)[]) {
    for (const base of [{}, { aperture: 0.6 }, { aperture: 0.3, round: 0.8 }]) {
      let before = place({ ...base, [name]: 0 });
      for (let i = 1; i <= 100; i++) {
        const now = place({ ...base, [name]: i / 100 });
        const largest = now.reduce((most, value, k) => Math.max(most, Math.abs(value - before[k]!)), 0);
        expect(largest / iod).toBeLessThan(0.01);
        before = now;
      }
    }
  }
});

test("a full blink brings the lids together", () => {
  const painted = paintFace();
  const face = fitFace(rig, painted.image, painted.landmarks);
  const deformer = createDeformer(rig, face, 1);
  const opening = (points: Float64Array) => points[145 * 2 + 1]! - points[159 * 2 + 1]!;
  const before = opening(deformer.source);
  deformer.pose(shapeOfMouth(REST_POSE), { ...FACE, blinkLeft: 1, blinkRight: 1 }, STILL);
  expect(opening(deformer.target) / before).toBeLessThan(0.08);
});

test("the same pose draws the same pixels again, whatever was drawn before", () => {
  const painted = paintFace();
  const portrait = preparePortrait({ ...painted, rig });
  const frame = (pose: FramePose) => {
    const out = createImage(painted.image.width, painted.image.height);
    copySource(painted.image, out);
    portrait.render(pose, out);
    return out.data;
  };
  const pose = posed(
    { aperture: 0.7, round: 0.4 },
    { head: { ...STILL, yawDeg: 2 }, blinkLeft: 0.6, blinkRight: 0.6 },
  );
  const first = frame(pose);
  frame(posed({ closure: 1 }, { head: { ...STILL, rollDeg: -2 } }));
  const again = frame(pose);
  expect(again.every((value, i) => value === first[i])).toBe(true);
});

test("on a portrait's own canvas, and in planes made of it, a pose looks as on any other picture", () => {
  const painted = paintFace();
  const portrait = preparePortrait({ ...painted, rig });
  const { width, height } = painted.image;
  const elsewhere = createImage(width, height);
  const planes = [0, 1].map(() => new Uint8Array(i420Bytes(width, height)));
  for (const name of ["ah", "oo", "l"]) {
    const pose = posed(KEY_POSES[name]!, { head: { ...STILL, yawDeg: 2 }, blinkLeft: 0.4, gaze: [3, 1] });
    [portrait.canvas, elsewhere].forEach((image, i) => {
      copySource(painted.image, image);
      portrait.render(pose, image);
      rgbaToI420(image, planes[i]!);
    });
    expect(changedPixels(portrait.canvas, elsewhere)).toEqual([]);
    expect(changedPixels(elsewhere, painted.image).length).toBeGreaterThan(500);
    expect(planes[0]).toEqual(planes[1]);
  }
});

test("a neighbour's face is left alone", () => {
  const painted = paintFace();
  const points = painted.landmarks.points.map((value, i) =>
    i % 3 === 0 ? value + 2.6 * painted.iod : value,
  );
  const other = { presence: 1, points };
  const pose = posed({ aperture: 1 }, { head: { ...STILL, yawDeg: 5, pitchDeg: 4 } });
  const [left, right] = [234, 454].map((v) => points[v * 3]!) as [number, number];
  const [top, bottom] = [10, 152].map((v) => points[v * 3 + 1]!) as [number, number];
  const inOther = ({ x, y }: { x: number; y: number }) =>
    ((2 * x - left - right) / (right - left)) ** 2 + ((2 * y - top - bottom) / (bottom - top)) ** 2 < 0.95;
  const touched = (options: PortraitOptions) =>
    changedPixels(draw(options, pose), painted.image).filter(inOther).length;
  expect(touched({ ...painted, rig })).toBeGreaterThan(0);
  expect(touched({ ...painted, rig, others: [other] })).toBe(0);
});

test("landmarks without a face end with input/no-face", () => {
  const painted = paintFace();
  const points = new Float32Array(478 * 3).fill(NaN);
  expect(() => preparePortrait({ ...painted, landmarks: { points, presence: 1 }, rig })).toThrow(
    expect.objectContaining({ code: "input/no-face" }),
  );
});

test("in a hazy picture the mouth's inside is no darker than the picture's own black", () => {
  const painted = paintFace();
  // A veil of 70 over all.
  const hazy = { ...painted, image: { ...painted.image, data: painted.image.data.map((v) => 70 + v * 0.6) } };
  for (let i = 3; i < hazy.image.data.length; i += 4) hazy.image.data[i] = 255;
  const darkest = (image: RgbaImage) => {
    let least = 255;
    for (let i = 0; i < image.data.length; i += 4) least = Math.min(least, image.data[i + 1]!);
    return least;
  };
  const shown = draw({ ...hazy, rig }, posed({ aperture: 1 }));
  expect(darkest(painted.image)).toBeLessThan(45);
  expect(darkest(hazy.image)).toBeGreaterThan(85);
  // The opening shades the dark line of the lips by a fifth; the hole itself was 10 before.
  expect(darkest(shown)).toBeGreaterThan(0.75 * darkest(hazy.image));
  expect(darkest(draw({ ...painted, rig }, posed({ aperture: 1 })))).toBeLessThan(60);
});
