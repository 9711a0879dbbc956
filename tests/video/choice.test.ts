import { expect, test } from "vitest";
import { createImage } from "../../src/core/image.ts";
import { chooseTracks } from "../../src/pipeline/plan/choose-video-speakers.ts";
import { ownRig, STEP, trackOf, tracksOf, type HeadAt } from "./synthetic-track.ts";

const rig = ownRig();
const head = (x: number, scale: number, jaw = 0): HeadAt => ({ x, y: 200, scale, jaw });
const person = (id: number, at: (i: number) => HeadAt | null, frames = 50) =>
  trackOf(
    rig,
    id,
    STEP,
    Array.from({ length: frames }, (_, i) => at(i)),
  );
const speaking = (i: number) => 0.2 + 0.2 * Math.sin(i);

function chosen(faces: ReturnType<typeof person>[], mask: ReturnType<typeof createImage> | null = null) {
  return chooseTracks(tracksOf(faces, STEP), mask, 1).animated.map((track) => track.id);
}

test("of two silent people the larger one is chosen", () => {
  expect(chosen([person(0, () => head(150, 9)), person(1, () => head(450, 12))])).toEqual([1]);
});

test("a smaller person who speaks is chosen before a larger one who listens", () => {
  expect(chosen([person(0, () => head(450, 12)), person(1, (i) => head(150, 9, speaking(i)))])).toEqual([1]);
});

test("somebody who passes by is not chosen", () => {
  const passer = person(0, (i) => (i < 8 ? head(450, 16, speaking(i)) : null));
  expect(chosen([passer, person(1, () => head(150, 9))])).toEqual([1]);
});

test("a mask chooses the faces under its white", () => {
  const mask = createImage(64, 48);
  for (let y = 0; y < 48; y++) {
    for (let x = 0; x < 64; x++) {
      mask.data.set(x < 32 ? [255, 255, 255, 255] : [0, 0, 0, 255], (y * 64 + x) * 4);
    }
  }
  const faces = [person(0, (i) => head(450, 12, speaking(i))), person(1, () => head(150, 9))];
  expect(chosen(faces, mask)).toEqual([1]);
  expect(() => chosen([faces[0]!], mask)).toThrow(expect.objectContaining({ code: "input/no-face" }));
});

test("no face, a face in one frame and a face of a few pixels are told apart", () => {
  const code = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return error as { code: string; message: string };
    }
    throw new Error("nothing was thrown");
  };
  const none = code(() => chooseTracks({ ...tracksOf([person(0, () => null)], STEP), faces: [] }, null, 1));
  expect(none.code).toBe("input/no-face");
  const once = code(() => chosen([person(0, (i) => (i === 7 ? head(320, 12) : null))]));
  expect(once.code).toBe("input/no-face");
  expect(once.message).not.toBe(none.message);
  expect(code(() => chosen([person(0, () => head(320, 1.2))])).code).toBe("input/face-too-small");
});
