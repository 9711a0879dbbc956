import { describe, expect, test } from "vitest";
import { ARTICULATORS, type Articulator } from "../../core/mouth.ts";
import { LIPS, type VoiceAnalysis, type LipMeasure } from "../model/voice-analysis.ts";
import { shapeMouth } from "./shape-mouth.ts";
import { column } from "../features/signal.ts";

const WIDTH = ARTICULATORS.length;
const [CLOSURE, LABIODENTAL, STRETCH, ROUND] = (["closure", "labiodental", "stretch", "round"] as const).map(
  (name) => ARTICULATORS.indexOf(name),
) as [number, number, number, number];
const SPEECH = -6;
const ROOM = -15;

interface Instant {
  voice: number;
  level: number;
  bilabial: number;
  rounded: number;
  controls: Partial<Record<Articulator, number>>;
  lips: Partial<Record<LipMeasure, number>>;
}

/** What a network would find, frame by frame. */
function analysis(frames: number, at: (frame: number) => Partial<Instant>): VoiceAnalysis {
  const out: VoiceAnalysis = {
    frames,
    controls: new Float32Array(frames * WIDTH),
    lips: new Float32Array(frames * LIPS.length),
    bilabial: new Float32Array(frames),
    rounded: new Float32Array(frames),
    voice: new Float32Array(frames),
    level: new Float32Array(frames),
  };
  for (let i = 0; i < frames; i++) {
    const { voice = 0, level = ROOM, bilabial = 0, rounded = 0, controls = {}, lips = {} } = at(i);
    out.voice[i] = voice;
    out.level[i] = level;
    out.bilabial[i] = bilabial;
    out.rounded[i] = rounded;
    LIPS.forEach((name, k) => (out.lips[i * LIPS.length + k] = lips[name] ?? 0));
    ARTICULATORS.forEach((name, k) => (out.controls[i * WIDTH + k] = controls[name] ?? 0));
  }
  return out;
}

/** Two seconds, of which 0.5 to 1.5 s are an open vowel. */
const vowel = (extra: (frame: number) => Partial<Instant> = () => ({})) =>
  analysis(200, (i) =>
    i >= 50 && i < 150
      ? { voice: 0.98, level: SPEECH, controls: { aperture: 0.8 }, lips: { opening: 0.9 }, ...extra(i) }
      : { voice: 0.03, controls: { stretch: 0.3 }, lips: { opening: 0.2, width: 0.05 } },
  );

/** The same vowel, a third of a second after another one. */
const vowelAfterAnother = () =>
  analysis(200, (i) =>
    i < 30 || (i >= 68 && i < 150)
      ? { voice: 0.98, level: SPEECH, lips: { opening: 0.9 } }
      : { voice: 0.03, controls: { stretch: 0.3 }, lips: { opening: 0.2 } },
  );

const aperture = (h: VoiceAnalysis) => column(shapeMouth(h).articulation, WIDTH, 0);

describe("shaping the mouth's motion", () => {
  test("rests exactly in silence, opens at most 140 ms before a voice and rests 200 ms after it", () => {
    // Too little silence comes before for the lips to part ahead.
    const { articulation } = shapeMouth(vowelAfterAnother());
    const moving = Array.from({ length: 200 }, (_, i) =>
      articulation.subarray(i * WIDTH, (i + 1) * WIDTH).some((x) => x !== 0),
    );
    const rested = moving.indexOf(false, 20);
    const again = moving.indexOf(true, rested);
    expect(rested).toBeLessThanOrEqual(30 + 20);
    expect(again).toBeGreaterThanOrEqual(68 - 14);
    expect(again).toBeLessThan(68);
    expect(moving.lastIndexOf(true)).toBeGreaterThan(152);
    expect(moving.lastIndexOf(true)).toBeLessThanOrEqual(150 + 20);
  });

  test("parts the lips before most phrases that follow a pause, shuts them again, and parts them alike anew", () => {
    const parted = Array.from({ length: 40 }, (_, k) => {
      const start = 100 + k;
      const line = aperture(
        analysis(400, (i) =>
          i >= start && i < 300 ? { voice: 0.98, level: SPEECH, lips: { opening: 0.9 } } : { voice: 0.03 },
        ),
      );
      // Nothing moves until three quarters of a second before the voice.
      expect(Math.max(...line.subarray(0, start - 75))).toBe(0);
      expect(line[start - 12]).toBeLessThan(0.05);
      return Math.max(...line.subarray(0, start - 14));
    });
    const share = parted.filter((value) => value > 0.15).length / parted.length;
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(1);
    expect(new Set(parted).size).toBeGreaterThan(20);
    expect(Math.max(...parted)).toBeLessThan(0.85);
    expect(aperture(vowel())).toEqual(aperture(vowel()));
  });

  test("brings a mumbling and a shouting network to the same reach, within limits", () => {
    const quiet = aperture(vowel(() => ({ controls: { aperture: 0.75 }, lips: { opening: 0.85 } })))[100]!;
    const wide = aperture(vowel(() => ({ controls: { aperture: 0.95 }, lips: { opening: 1.15 } })))[100]!;
    const faint = aperture(vowel(() => ({ controls: { aperture: 0.15 }, lips: { opening: 0.15 } })))[100]!;
    expect(quiet).toBeCloseTo(wide, 1);
    expect(faint).toBeLessThan(0.25);
  });

  test("presses the lips only where the control and the phone both say so, or where they touch for such a phone", () => {
    const at = (closure: number, bilabial: number, touch = 0) => {
      const { articulation } = shapeMouth(
        vowel((i) =>
          i >= 95 && i < 105
            ? { bilabial, controls: { aperture: 0.6, closure }, lips: { opening: 0.6, touch } }
            : { bilabial: 0 },
        ),
      );
      return { aperture: articulation[100 * WIDTH]!, closure: articulation[100 * WIDTH + CLOSURE]! };
    };
    expect(at(0.95, 0.9)).toEqual({ aperture: 0, closure: 1 });
    expect(at(0.95, 0.02).aperture).toBeGreaterThan(0.3);
    expect(at(0.05, 0.9).aperture).toBeGreaterThan(0.3);
    expect(at(0.05, 0.9, 1)).toEqual({ aperture: 0, closure: 1 });
    // Lips that touch for another reason (rounded, or between words) shut without being pressed.
    expect(at(0.05, 0, 1)).toEqual({ aperture: 0, closure: 0 });
  });

  test("shows a lip-teeth contact whole, and none beside a bilabial", () => {
    const at = (labiodental: number, bilabial: number) =>
      shapeMouth(
        vowel((i) =>
          i >= 95 && i < 105
            ? { bilabial, controls: { labiodental, closure: bilabial }, lips: { opening: 0.5 } }
            : { bilabial: 0 },
        ),
      ).articulation[100 * WIDTH + LABIODENTAL]!;
    expect(at(0.9, 0)).toBeCloseTo(1);
    expect(at(0.2, 0)).toBe(0);
    expect(at(0.9, 0.95)).toBe(0);
  });

  test("narrows the mouth for what people narrow it for and widens it, never both", () => {
    const at = (width: number) => {
      const { articulation } = shapeMouth(vowel(() => ({ lips: { opening: 0.4, width } })));
      return [STRETCH, ROUND].map((k) => articulation[100 * WIDTH + k]!) as [number, number];
    };
    const [narrow, wide] = [at(-0.1), at(0.05)];
    expect(narrow[0]).toBe(0);
    expect(narrow[1]).toBeGreaterThan(0.4);
    expect(wide[1]).toBe(0);
    expect(wide[0]).toBeGreaterThan(0.4);
  });

  test("rounds w, y and ø more than vowels that are as round by rule", () => {
    const at = (rounded: number) =>
      shapeMouth(vowel(() => ({ rounded, controls: { round: 0.9 }, lips: { opening: 0.2, width: -0.02 } })))
        .articulation[100 * WIDTH + ROUND]!;
    expect(at(0.9)).toBeGreaterThan(at(0) + 0.3);
  });

  test("parts and shuts the lips as fast as lips do, and still shuts them wholly", () => {
    const line = aperture(
      vowel((i) =>
        i >= 95 && i < 105
          ? { bilabial: 0.9, controls: { aperture: 0.5, closure: 0.95 }, lips: { opening: 0.5 } }
          : { bilabial: 0 },
      ),
    );
    expect(line[100]).toBe(0);
    expect(line[70]).toBeGreaterThan(0.7);
    // No more than half of the way in a frame of a video.
    for (let i = 1; i < line.length; i++) {
      expect(line[i]! - line[i - 1]!).toBeLessThan(0.1601);
      expect(line[i - 1]! - line[i]!).toBeLessThan(0.2001);
    }
  });

  test("takes clicks shorter than a syllable for noise, and says that nobody spoke", () => {
    const clicks = analysis(300, (i) => (i % 100 === 0 ? { voice: 1, level: SPEECH } : {}));
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
