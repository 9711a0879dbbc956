import { correlation } from "../../../src/core/correlation.ts";
import type { FaceTrace } from "./face-trace.ts";
import type { VoiceTrace } from "./voice-trace.ts";

/** A face with its voice over one clip. */
export interface MotionClip {
  readonly face: FaceTrace;
  readonly voice: VoiceTrace;
  /** Seconds between which it speaks. */
  readonly speech: readonly [start: number, end: number];
}

/** How a face moves over some clips; not a number where nothing of the kind was seen. Means of clips but for blinks. */
export interface MotionFigures {
  readonly seconds: number;
  /** From the 5th to the 95th percentile of a clip, in degrees. */
  readonly yawRange: number;
  readonly pitchRange: number;
  readonly rollRange: number;
  /** The same of the head's place in the picture, in distances between the eyes. */
  readonly shiftRange: number;
  /** Root mean square of the speed in degrees a second. */
  readonly yawSpeed: number;
  readonly pitchSpeed: number;
  readonly rollSpeed: number;
  /** Share of the rotation's speed, squared, above 1, 2 and 4 Hz. */
  readonly above1Hz: number;
  readonly above2Hz: number;
  readonly above4Hz: number;
  /** Speed of the rotation while it speaks by that while it does not. */
  readonly speakingSpeed: number;
  /** Multiple correlation of yaw, pitch and roll with loudness and the voice's pitch, and by another clip's voice. */
  readonly voiceR: number;
  readonly voiceChanceR: number;
  /** Correlation of the head's pitch (up) with loudness and with the voice's pitch. */
  readonly nodLoudnessR: number;
  readonly nodPitchR: number;
  /** From the 5th to the 95th percentile of a clip, in distances between the eyes. */
  readonly browRange: number;
  /** Raises of the brows by more than {@link RAISE} a minute. */
  readonly browRaises: number;
  readonly browLoudnessR: number;
  readonly browPitchR: number;
  /** Deviations of the eyes' turn in the head, degrees; of what they look at; and jumps of more than {@link JUMP} a second. */
  readonly gazeXDeviation: number;
  readonly gazeYDeviation: number;
  readonly jumps: number;
  /** Correlation of the speed of the eyes in the head with that of the head: −1 where the eyes stay on what they see. */
  readonly gazeAgainstHead: number;
  /** Blinks a minute over all clips; medians of their closing, their time below half open, their opening in seconds. */
  readonly blinks: number;
  readonly blinkClosing: number;
  readonly blinkHalf: number;
  readonly blinkOpening: number;
  /** How far lids shut in a blink, median of the lowest frame, 1 = wholly. */
  readonly blinkDepth: number;
  /** Share of blinks that begin while it speaks, by the share of time. */
  readonly blinksInSpeech: number;
}

/** A brow that rises by more than this, in distances between the eyes, is raised. */
const RAISE = 0.025;
/** Eyes that turn by more degrees than this between frames 80 ms apart jump. */
const JUMP = 2;
/** Lids that shut by more than this share blink. */
const BLINK = 0.5;
/** Lids of a wholly shut eye measure this share of an open one's, for lashes and the mesh do not reach zero. */
const SHUT = 0.15;
/** Deviation in seconds of the bell that smooths rotation: below it the mesh trembles. */
const SMOOTHING = 0.06;

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
const rms = (values: readonly number[]) => Math.sqrt(mean(values.map((v) => v * v)));
const deviation = (values: readonly number[]) => {
  const middle = mean(values);
  return rms(values.map((v) => v - middle));
};
const percentile = (values: readonly number[], share: number) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
};
const range = (values: readonly number[]) => percentile(values, 0.95) - percentile(values, 0.05);
const median = (values: readonly number[]) => percentile(values, 0.5);

/** A bell over time of `sigma` seconds; ends are held. */
function smooth(values: readonly number[], fps: number, sigma: number): number[] {
  const frames = sigma * fps;
  const reach = Math.ceil(3 * frames);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, k) =>
    Math.exp(-0.5 * ((k - reach) / frames) ** 2),
  );
  const whole = kernel.reduce((sum, k) => sum + k, 0);
  return values.map(
    (_, i) =>
      kernel.reduce((sum, weight, k) => {
        const at = Math.min(values.length - 1, Math.max(0, i + k - reach));
        return sum + weight * values[at]!;
      }, 0) / whole,
  );
}

const speedOf = (values: readonly number[], fps: number) =>
  values.slice(2).map((value, i) => ((value - values[i]!) * fps) / 2);

/** Power of a line by frequency, without its mean, under a Hann window: pairs of Hz and power. */
function spectrum(values: readonly number[], fps: number): [hz: number, power: number][] {
  const n = values.length;
  const middle = mean(values);
  const windowed = values.map((v, i) => (v - middle) * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (n - 1))));
  return Array.from({ length: Math.floor(n / 2) }, (_, bin) => {
    let [re, im] = [0, 0];
    windowed.forEach((v, i) => {
      const angle = (2 * Math.PI * (bin + 1) * i) / n;
      re += v * Math.cos(angle);
      im += v * Math.sin(angle);
    });
    return [((bin + 1) * fps) / n, re * re + im * im];
  });
}

/** Share of the variance of `of` that a straight combination of two others explains, as a multiple correlation. */
function multipleR(of: readonly number[], a: readonly number[], b: readonly number[]): number {
  const [ra, rb, ab] = [correlation(of, a), correlation(of, b), correlation(a, b)];
  const square = (ra * ra + rb * rb - 2 * ra * rb * ab) / Math.max(1e-6, 1 - ab * ab);
  return Math.sqrt(Math.max(0, Math.min(1, square)));
}

interface Blink {
  readonly start: number;
  readonly closing: number;
  readonly half: number;
  readonly opening: number;
  readonly depth: number;
}

/** Blinks of a line of lids: dips by more than half, between the frames where the lids stand open. */
function blinksOf({ lids, fps }: FaceTrace): Blink[] {
  const open = percentile(lids, 0.8);
  const shut = lids.map((gap) => (1 - gap / open) / (1 - SHUT));
  const found: Blink[] = [];
  for (let i = 1; i + 1 < shut.length; i++) {
    if (shut[i]! < BLINK || shut[i]! < shut[i - 1]! || shut[i]! <= shut[i + 1]!) continue;
    const depth = shut[i]!;
    const crossing = (level: number, step: 1 | -1) => {
      let at = i;
      while (shut[at + step] !== undefined && shut[at + step]! > level) at += step;
      const [inside, outside] = [shut[at]!, shut[at + step]];
      return outside === undefined ? Number.NaN : at + (step * (inside - level)) / (inside - outside);
    };
    const [from, to] = [crossing(depth * 0.1, -1), crossing(depth * 0.1, 1)];
    const last = found.at(-1);
    const start = Number.isNaN(from) ? 0 : from / fps;
    if (last && start - last.start < 0.2) continue;
    found.push({
      start,
      closing: (i - from) / fps,
      half: (crossing(depth / 2, 1) - crossing(depth / 2, -1)) / fps,
      opening: (to - i) / fps,
      depth: Math.min(1, depth),
    });
  }
  return found;
}

/** Steps by which the eyes jump, counted once each. */
function jumpsOf({ gazeX, gazeY, lids, fps }: FaceTrace): number {
  const open = percentile(lids, 0.8);
  const reach = Math.max(1, Math.round(0.08 * fps));
  let count = 0;
  for (let i = reach; i < gazeX.length; i++) {
    const blinking = lids.slice(Math.max(0, i - 3 * reach), i + 2 * reach).some((gap) => gap < 0.75 * open);
    const step = Math.hypot(gazeX[i]! - gazeX[i - reach]!, gazeY[i]! - gazeY[i - reach]!);
    if (blinking || step < JUMP) continue;
    count++;
    i += 2 * reach;
  }
  return count;
}

function raisesOf(brow: readonly number[]): number {
  const rest = percentile(brow, 0.3);
  return brow.filter((value, i) => i > 0 && value > rest + RAISE && brow[i - 1]! <= rest + RAISE).length;
}

function clipFigures({ face, voice, speech }: MotionClip, other: VoiceTrace) {
  const { fps } = face;
  const turns = [face.yaw, face.pitch, face.roll].map((line) => smooth(line, fps, SMOOTHING));
  const [yaw, pitch, roll] = turns as [number[], number[], number[]];
  const speeds = turns.map((line) => speedOf(line, fps));
  const speed = speeds[0]!.map((_, i) => Math.hypot(...speeds.map((line) => line[i]!)));
  const speaks = (i: number) => i / fps >= speech[0] && i / fps <= speech[1];
  const spectra = speeds.flatMap((line) => spectrum(line, fps));
  const whole = spectra.reduce((sum, [, power]) => sum + power, 0);
  const above = (limit: number) =>
    spectra.reduce((sum, [hz, power]) => sum + (hz > limit ? power : 0), 0) / whole;
  const spoken = (values: readonly number[]) => values.filter((_, i) => speaks(i));
  const said = ({ level, pitch: tone }: VoiceTrace) =>
    [level, tone].map((line) => spoken(smooth(line, fps, SMOOTHING).slice(0, yaw.length)));
  const [level, tone] = said(voice) as [number[], number[]];
  const [otherLevel, otherTone] = said(other) as [number[], number[]];
  const brow = smooth(face.brow, fps, SMOOTHING);
  const looks = (["gazeX", "gazeY"] as const).map((key) => smooth(face[key], fps, SMOOTHING / 2));
  const r = (line: readonly number[], by: readonly number[]) => correlation(spoken(line), by);
  return {
    yawRange: range(yaw),
    pitchRange: range(pitch),
    rollRange: range(roll),
    shiftRange: Math.hypot(range(smooth(face.x, fps, SMOOTHING)), range(smooth(face.y, fps, SMOOTHING))),
    yawSpeed: rms(speeds[0]!),
    pitchSpeed: rms(speeds[1]!),
    rollSpeed: rms(speeds[2]!),
    above1Hz: above(1),
    above2Hz: above(2),
    above4Hz: above(4),
    speakingSpeed: rms(speed.filter((_, i) => speaks(i + 1))) / rms(speed.filter((_, i) => !speaks(i + 1))),
    voiceR: mean(turns.map((line) => multipleR(spoken(line), level, tone))),
    voiceChanceR: mean(turns.map((line) => multipleR(spoken(line), otherLevel, otherTone))),
    nodLoudnessR: r(pitch, level),
    nodPitchR: r(pitch, tone),
    browRange: range(brow),
    browLoudnessR: r(brow, level),
    browPitchR: r(brow, tone),
    gazeXDeviation: deviation(looks[0]!),
    gazeYDeviation: deviation(looks[1]!),
    gazeAgainstHead: correlation(speedOf(looks[0]!, fps), speeds[0]!),
    browRaises: raisesOf(brow),
    jumps: jumpsOf(face),
  };
}

/** Figures of one face over its clips. */
export function motionFigures(clips: readonly MotionClip[]): MotionFigures {
  const each = clips.map((clip, i) => clipFigures(clip, clips[(i + 1) % clips.length]!.voice));
  const seconds = clips.reduce((sum, { face }) => sum + face.yaw.length / face.fps, 0);
  const over = (key: keyof (typeof each)[number]) =>
    mean(each.map((figures) => figures[key]).filter(Number.isFinite));
  const total = (key: "browRaises" | "jumps") => each.reduce((sum, figures) => sum + figures[key], 0);
  const blinks = clips.flatMap(({ face, speech: [start, end] }) =>
    blinksOf(face).map((blink) => ({ ...blink, spoken: blink.start >= start && blink.start <= end })),
  );
  const middle = (key: "closing" | "half" | "opening" | "depth") =>
    median(blinks.map((blink) => blink[key]).filter(Number.isFinite));
  const spokenShare = clips.reduce((sum, { speech: [start, end] }) => sum + end - start, 0) / seconds;
  const keys = Object.keys(each[0]!) as (keyof (typeof each)[number])[];
  const means = Object.fromEntries(keys.map((key) => [key, over(key)])) as Record<
    (typeof keys)[number],
    number
  >;
  return {
    seconds,
    ...means,
    browRaises: (total("browRaises") * 60) / seconds,
    jumps: total("jumps") / seconds,
    blinks: (blinks.length * 60) / seconds,
    blinkClosing: middle("closing"),
    blinkHalf: middle("half"),
    blinkOpening: middle("opening"),
    blinkDepth: middle("depth"),
    blinksInSpeech: mean(blinks.map(({ spoken }) => (spoken ? 1 : 0))) / spokenShare,
  };
}
