import { expect, test } from "vitest";
import { ARTICULATORS, type Articulator, type MouthTrack } from "./mouth.ts";
import { articulationSpans } from "./articulation-spans.ts";

/** A track of frames that are at rest but for the given articulators. */
function track(...frames: Partial<Record<Articulator, number>>[]): MouthTrack {
  const articulation = new Float32Array(frames.length * ARTICULATORS.length);
  frames.forEach((frame, index) => {
    for (const [name, value] of Object.entries(frame)) {
      articulation[index * ARTICULATORS.length + ARTICULATORS.indexOf(name as Articulator)] = value;
    }
  });
  const zero = new Float32Array(frames.length);
  return { frames: frames.length, articulation, voice: zero, energy: zero };
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test("each class has its span, and rest has none", () => {
  const shut = times(6, { closure: 0.9, round: 0.8 });
  const open = times(10, { aperture: 0.8, stretch: 0.2 });
  const spread = times(5, { aperture: 0.55, stretch: 0.7 });
  expect(articulationSpans(track(...times(4, {}), ...shut, ...open, ...times(8, {}), ...spread))).toEqual([
    { kind: "shut", startSeconds: 0.04, endSeconds: 0.1 },
    { kind: "open", startSeconds: 0.1, endSeconds: 0.2 },
    { kind: "spread", startSeconds: 0.28, endSeconds: 0.33 },
  ]);
  expect(articulationSpans(track(...times(50, {})))).toEqual([]);
});

test("a flicker is bridged, and a transition of 20 ms is no span", () => {
  const round = { round: 0.6, aperture: 0.4 };
  const flicker = [...times(5, round), ...times(2, { round: 0.35 }), ...times(5, round)];
  expect(articulationSpans(track(...flicker))).toEqual([
    { kind: "round", startSeconds: 0, endSeconds: 0.12 },
  ]);
  expect(articulationSpans(track(...times(2, { labiodental: 1 })))).toEqual([]);
});
