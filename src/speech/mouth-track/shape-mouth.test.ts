import { describe, expect, test } from "vitest";
import { ARTICULATORS, type Articulator } from "../../core/mouth.ts";
import type { Heard } from "../model/heard.ts";
import { shapeMouth } from "./shape-mouth.ts";
import { column } from "../features/signal.ts";

const WIDTH = ARTICULATORS.length;
const SPEECH = -6;
const ROOM = -15;

interface Instant {
  voice: number;
  level: number;
  bilabial: number;
  controls: Partial<Record<Articulator, number>>;
}

/** What a network would hear, frame by frame. */
function heard(frames: number, at: (frame: number) => Partial<Instant>): Heard {
  const out: Heard = {
    frames,
    controls: new Float32Array(frames * WIDTH),
    bilabial: new Float32Array(frames),
    voice: new Float32Array(frames),
    level: new Float32Array(frames),
  };
  for (let i = 0; i < frames; i++) {
    const { voice = 0, level = ROOM, bilabial = 0, controls = {} } = at(i);
    out.voice[i] = voice;
    out.level[i] = level;
    out.bilabial[i] = bilabial;
    ARTICULATORS.forEach((name, k) => (out.controls[i * WIDTH + k] = controls[name] ?? 0));
  }
  return out;
}

/** Two seconds, of which 0.5 to 1.5 s are an open vowel. */
const vowel = (extra: (frame: number) => Partial<Instant> = () => ({})) =>
  heard(200, (i) =>
    i >= 50 && i < 150
      ? { voice: 0.98, level: SPEECH, controls: { aperture: 0.6 }, ...extra(i) }
      : { voice: 0.03, controls: { aperture: 0.2, stretch: 0.3 } },
  );

const aperture = (h: Heard) => column(shapeMouth(h).articulation, WIDTH, 0);

describe("shaping the mouth's motion", () => {
  test("rests exactly in silence, opens at most 140 ms before a voice and rests 200 ms after it", () => {
    const { articulation } = shapeMouth(vowel());
    const moving = Array.from({ length: 200 }, (_, i) =>
      articulation.subarray(i * WIDTH, (i + 1) * WIDTH).some((x) => x !== 0),
    );
    expect(moving.indexOf(true)).toBeGreaterThanOrEqual(50 - 14);
    expect(moving.indexOf(true)).toBeLessThan(50);
    expect(moving.lastIndexOf(true)).toBeGreaterThan(152);
    expect(moving.lastIndexOf(true)).toBeLessThanOrEqual(150 + 20);
  });

  test("brings a mumbling and a shouting network to the same reach, within limits", () => {
    const quiet = aperture(vowel(() => ({ controls: { aperture: 0.6 } })))[100]!;
    const wide = aperture(vowel(() => ({ controls: { aperture: 0.95 } })))[100]!;
    const faint = aperture(vowel(() => ({ controls: { aperture: 0.1 } })))[100]!;
    expect(quiet).toBeCloseTo(wide, 1);
    expect(faint).toBeLessThan(0.25);
  });

  test("closes the lips only where the control and the phone both say so", () => {
    const at = (closure: number, bilabial: number) =>
      aperture(
        vowel((i) =>
          i >= 95 && i < 105 ? { bilabial, controls: { aperture: 0.5, closure } } : { bilabial: 0 },
        ),
      )[100]!;
    expect(at(0.95, 0.9)).toBe(0);
    expect(at(0.95, 0.02)).toBeGreaterThan(0.3);
    expect(at(0.05, 0.9)).toBeGreaterThan(0.3);
  });

  test("parts and shuts the lips as fast as lips do, and still shuts them wholly", () => {
    const line = aperture(
      vowel((i) =>
        i >= 95 && i < 105 ? { bilabial: 0.9, controls: { aperture: 0.5, closure: 0.95 } } : { bilabial: 0 },
      ),
    );
    expect(line[100]).toBe(0);
    expect(line[70]).toBeGreaterThan(0.7);
    // No more than half of the way in a frame of a video.
    for (let i = 1; i < line.length; i++) {
      expect(line[i]! - line[i - 1]!).toBeLessThan(0.1301);
      expect(line[i - 1]! - line[i]!).toBeLessThan(0.1701);
    }
  });

  test("takes clicks shorter than a syllable for noise, and says that nobody spoke", () => {
    const clicks = heard(300, (i) => (i % 100 === 0 ? { voice: 1, level: SPEECH } : {}));
    const { articulation, warnings } = shapeMouth(clicks);
    expect(Math.max(...articulation)).toBe(0);
    expect(warnings).toHaveLength(1);
  });

  test("stays closed on what the network takes for a voice far below the speech", () => {
    const far = vowel();
    far.voice.fill(0.9, 170, 195);
    expect(Math.max(...aperture(far).subarray(172))).toBe(0);
  });

  test("keeps the mouth moving over a pause shorter than a tenth of a second", () => {
    const paused = vowel((i) => (i >= 98 && i < 104 ? { voice: 0.1, level: ROOM } : {}));
    expect(Math.min(...aperture(paused).subarray(60, 140))).toBeGreaterThan(0.3);
  });

  test("tells loudness relative to the clip's own speech, whatever the gain", () => {
    const energy = (shift: number) => {
      const h = vowel((i) => ({ level: SPEECH - (i % 20) * 0.1 }));
      return shapeMouth({ ...h, level: h.level.map((l) => Math.max(-18, l + shift)) }).energy;
    };
    const [loud, soft] = [energy(2), energy(-3)];
    for (const i of [70, 100, 130]) expect(soft[i]!).toBeCloseTo(loud[i]!, 1);
    expect(loud[10]).toBe(0);
  });
});
