import { expect, test } from "vitest";
import { createFaceAnalyser, type FaceAnalyser } from "../../src/vision/landmarks/face-analyser.ts";
import { createRuntime } from "../../src/inference/runtime.ts";
import { writePiece } from "../../src/pipeline/checkpoint/checkpoint-piece.ts";
import { trackVideo } from "../../src/pipeline/plan/video-tracking.ts";

const CLIP = new URL("../fixtures/video/talk.mp4", import.meta.url);
const { signal } = new AbortController();

test("a video that was looked through in part is looked through from there on, with what a whole run finds", async () => {
  const runtime = await createRuntime({ backend: "wasm" });
  const analyser = await createFaceAnalyser(runtime);
  const file = new File([await (await fetch(CLIP)).blob()], "talk.mp4");
  const request = { file, resolution: "480p", mask: null, maxSeconds: 60, framesFile: null } as const;
  let seen = 0;
  const counting: Pick<FaceAnalyser, "detect" | "landmarks"> = {
    detect: (image) => analyser.detect(image),
    landmarks: (image, hint) => (seen++, analyser.landmarks(image, hint)),
  };
  const follow = async (kept: readonly Blob[]) => {
    const pieces = [...kept];
    const options = { fingerprint: "same", pieces: kept, everySeconds: 0.4 };
    seen = 0;
    const found = await trackVideo(
      request,
      counting as FaceAnalyser,
      signal,
      () => undefined,
      options,
      (index, piece) => void (pieces[index] = piece),
    );
    return { pieces, found: await (await writePiece("", found)).text(), looks: seen };
  };
  const whole = await follow([]);
  // Every ten of the thirty frames, and the end.
  expect(whole.pieces.length).toBeGreaterThanOrEqual(2);
  for (const count of [1, 2]) {
    const rest = await follow(whole.pieces.slice(0, count));
    expect(rest.found).toBe(whole.found);
    expect(rest.pieces).toHaveLength(whole.pieces.length);
    expect(rest.looks).toBeLessThan(whole.looks - 8 * count);
  }
  // Of another job, or damaged: all anew.
  const foreign = await follow([new Blob(["damaged"])]);
  expect(foreign.found).toBe(whole.found);
  expect(foreign.looks).toBe(whole.looks);
});
