import { MOUTH_RATE_HZ } from "../../core/mouth.ts";
import { normal, type Random } from "../../core/random.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";

/**
 * Lids in seconds: closing, closed, opening. GRID's speakers close them in .08 to .22, hold more than half of it for .10 to
 * .27 and open in .24 to .40, seen 25 times a second; by magnetic coils it is .09 and about .24 (VanderWerf et al. 2003).
 */
const BLINK = { close: 0.1, hold: 0.02, open: 0.43 } as const;
/** Lids open fast, then ever slower: this share of the opening lies behind them when half of its time has passed. */
const OPEN_SOON = 0.8;
/** Deviation of the logarithm of a blink's length. */
const LENGTH_SIGMA = 0.15;
const LONGEST = 1.35;
const BLINK_SECONDS = (BLINK.close + BLINK.hold + BLINK.open) * LONGEST;
const SHORTEST_BETWEEN_BLINKS = 0.8;
/** Deviation of the logarithm of the intervals. */
const INTERVAL_SIGMA = 0.6;
/** Share of the blinks that wait for a pause of the voice, and how far they move, in seconds. */
const TO_PAUSE = { share: 0.6, reach: 0.5, step: 0.05 } as const;

/** A blink. */
interface Blink {
  /** When the lids begin to close, in seconds. */
  readonly start: number;
  /** Times the usual length. */
  readonly length: number;
}

/** How far lids are shut so many seconds after a blink's start, 0 to 1. */
function lidAt(seconds: number): number {
  const { close, hold, open } = BLINK;
  if (seconds <= 0 || seconds >= close + hold + open) return 0;
  if (seconds < close) return smoothstep(0, close, seconds);
  if (seconds < close + hold) return 1;
  const share = (seconds - close - hold) / open;
  const bend = Math.log(1 - OPEN_SOON) / Math.log(0.5);
  return smoothstep(0, 1, (1 - share) ** (bend / 1.5));
}

/** How far the lids are shut at a time, 0 to 1. */
export function lidsAt(blinks: readonly Blink[], timeSeconds: number): number {
  let lids = 0;
  for (const { start, length } of blinks) lids = Math.max(lids, lidAt((timeSeconds - start) / length));
  return lids;
}

/** Blinks at log-normal intervals, drawn to the nearest pause of the voice. */
export function drawBlinks(
  random: Random,
  voice: Float32Array,
  durationSeconds: number,
  perMinute: number,
): readonly Blink[] {
  const blinks: Blink[] = [];
  if (perMinute <= 0) return blinks;
  const mean = 60 / perMinute;
  const next = () =>
    Math.max(
      SHORTEST_BETWEEN_BLINKS,
      mean * Math.exp(INTERVAL_SIGMA * normal(random) - (INTERVAL_SIGMA * INTERVAL_SIGMA) / 2),
    );
  let time = next() * (0.3 + 0.7 * random());
  while (time < durationSeconds - BLINK_SECONDS) {
    let chosen = time;
    if (random() < TO_PAUSE.share) {
      const earliest = (blinks.at(-1)?.start ?? -SHORTEST_BETWEEN_BLINKS) + SHORTEST_BETWEEN_BLINKS;
      let best = Infinity;
      for (let shift = -TO_PAUSE.reach; shift <= TO_PAUSE.reach; shift += TO_PAUSE.step) {
        const at = time + shift;
        if (at < Math.max(0.2, earliest) || at > durationSeconds - BLINK_SECONDS) continue;
        const cost =
          voice[clamp(Math.round((at + 0.05) * MOUTH_RATE_HZ), 0, voice.length - 1)]! + Math.abs(shift) * 0.3;
        if (cost < best) [best, chosen] = [cost, at];
      }
    }
    const length = clamp(Math.exp(LENGTH_SIGMA * normal(random)), 1 / LONGEST, LONGEST);
    blinks.push({ start: chosen, length });
    time = Math.max(chosen, time) + next();
  }
  return blinks;
}
