/** Frames per second of envelopes and mouth openings. */
const RATE = 100;
const BARS = 220;
const STEPS = 300;
const WIDTH = 1000;

/** Where a voice stands on the timeline, in seconds. */
export interface Span {
  readonly total: number;
  readonly start: number;
}

/** The largest value of a slice of a 10 ms track. */
function peak(track: Float32Array, fromSeconds: number, toSeconds: number): number {
  const from = Math.max(0, Math.floor(fromSeconds * RATE));
  const to = Math.min(track.length, Math.max(from + 1, Math.ceil(toSeconds * RATE)));
  let highest = 0;
  for (let i = from; i < to; i++) highest = Math.max(highest, track[i]!);
  return highest;
}

/** The waveform as bars in a box of 1000 × 100: the data of an SVG path. */
export function wavePath(envelope: Float32Array, { total, start }: Span): string {
  const loudest = Math.max(0.05, peak(envelope, 0, envelope.length / RATE));
  const step = WIDTH / BARS;
  const end = start + envelope.length / RATE;
  let path = "";
  for (let bar = 0; bar < BARS; bar++) {
    const from = (bar / BARS) * total;
    const to = ((bar + 1) / BARS) * total;
    if (to <= start || from >= end) continue;
    const half = Math.max(1, (peak(envelope, from - start, to - start) / loudest) * 46);
    const x = (bar * step).toFixed(1);
    const width = (step * 0.6).toFixed(1);
    path += `M${x} ${(50 - half).toFixed(1)}h${width}V${(50 + half).toFixed(1)}h-${width}z`;
  }
  return path;
}

/** The mouth as two lips that part where the voice opens them, in a box of 1000 × 100. */
export function lipsPath(aperture: Float32Array | null, { total, start }: Span): string {
  const upper: string[] = [];
  const lower: string[] = [];
  for (let step = 0; step <= STEPS; step++) {
    const time = (step / STEPS) * total - start;
    const open = aperture ? smooth(aperture, time) : 0;
    const x = ((step / STEPS) * WIDTH).toFixed(1);
    upper.push(`${x} ${(47 - open * 34).toFixed(1)}`);
    lower.unshift(`${x} ${(51 + open * 46).toFixed(1)}`);
  }
  return `M${upper.join("L")}L${lower.join("L")}Z`;
}

/** The opening at a time, smoothed over ±60 ms so that the line reads as lips. */
function smooth(aperture: Float32Array, seconds: number): number {
  const taps = [1, 3, 4, 3, 1];
  const middle = Math.round(seconds * RATE);
  let sum = 0;
  taps.forEach((weight, i) => (sum += weight * (aperture[middle + (i - 2) * 3] ?? 0)));
  return Math.min(1, sum / 12);
}

/** The opening of the mouth at a time of the voice, 0 where there is none. */
export function apertureAt(aperture: Float32Array | null, seconds: number): number {
  return aperture?.[Math.round(seconds * RATE)] ?? 0;
}
