import { describe, expect, test } from "vitest";
import { ARTICULATORS, REST_POSE, type MouthTrack } from "../../core/mouth.ts";
import { sampleMouth } from "./sample-mouth.ts";

const WIDTH = ARTICULATORS.length;

/** A second of an open mouth with contacts at some frames. */
function track(contacts: Record<number, Partial<Record<(typeof ARTICULATORS)[number], number>>>): MouthTrack {
  const articulation = new Float32Array(100 * WIDTH);
  for (let i = 0; i < 100; i++) {
    ARTICULATORS.forEach((name, k) => {
      articulation[i * WIDTH + k] = contacts[i]?.[name] ?? (name === "aperture" ? 0.8 : 0);
    });
  }
  return {
    frames: 100,
    articulation,
    voice: new Float32Array(100),
    energy: new Float32Array(100),
  };
}
const closed = { aperture: 0, closure: 1 };

describe("sampling the mouth at a video's frames", () => {
  test.each([23.976, 24, 25, 29.97, 30, 50, 60, 120])(
    "shows a closure of 10 ms in one or two frames at %f fps, wherever it falls",
    (fps) => {
      for (let at = 20; at < 80; at++) {
        const t = track({ [at]: closed });
        const frames = Array.from({ length: Math.ceil(fps) }, (_, i) => sampleMouth(t, fps, i));
        const showing = frames.filter((pose) => pose.aperture === 0).length;
        // Above 100 fps the video is finer than the track.
        if (fps <= 100) expect(showing, `closure at ${at}`).toBe(1);
        else expect(showing).toBeLessThanOrEqual(2);
      }
    },
  );

  test("does not lengthen a contact that a frame shows anyway", () => {
    // 25 fps: frame 10 lies in the closure, frame 9 is 30 ms ahead of it, frame 11 20 ms behind.
    const t = track(Object.fromEntries([39, 40, 41, 42].map((at) => [at, closed])));
    const shown = [8, 9, 10, 11, 12].map((frame) => sampleMouth(t, 25, frame).aperture);
    expect(shown).toEqual([0.8, 0.8, 0, 0.8, 0.8].map((value) => expect.closeTo(value, 5)));
  });

  test("takes the strongest of two contacts in one frame, and a closure before a lip-teeth contact", () => {
    const t = track({ 39: { aperture: 0.1, labiodental: 1 }, 41: { aperture: 0, closure: 0.9 } });
    expect(sampleMouth(t, 25, 10).aperture).toBe(0);
    const weaker = track({ 39: { aperture: 0.2, closure: 0.6 }, 40: { aperture: 0.05, closure: 0.95 } });
    expect(sampleMouth(weaker, 25, 10).closure).toBeCloseTo(0.95);
  });

  test("interpolates between frames where nothing touches", () => {
    const t = track({ 33: { aperture: 0.2 }, 34: { aperture: 0.6 } });
    // 30 fps, frame 10: 33.33 frames of the track.
    expect(sampleMouth(t, 30, 10).aperture).toBeCloseTo(0.2 + 0.4 / 3, 5);
  });

  test("rests after the end and before the start", () => {
    const t = track({});
    expect(sampleMouth(t, 25, 26)).toEqual(REST_POSE);
    expect(sampleMouth(t, 25, -2)).toEqual(REST_POSE);
    expect(sampleMouth({ ...t, frames: 0, articulation: new Float32Array() }, 25, 0)).toEqual(REST_POSE);
  });
});
