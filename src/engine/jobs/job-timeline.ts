import { ARTICULATORS, MOUTH_RATE_HZ, type MouthTrack } from "../../core/mouth.ts";
import type { JobTimeline, VoiceTimeline } from "../../job/job.ts";
import type { SentScene } from "../../worker-rpc/scene.ts";

/** Most values of a line, so that a job of any length has a report of some kilobytes. */
const MOST_STEPS = 500;
/** No step is shorter than a frame of 25 a second. */
const SHORTEST_SECONDS = 0.04;
/** Closure from which the lips count as shut. */
const SHUT = 0.5;

const APERTURE = ARTICULATORS.indexOf("aperture");
const CLOSURE = ARTICULATORS.indexOf("closure");

/** Two decimals are what a plot can show. */
const rounded = (value: number) => Math.round(value * 100) / 100;

const stepOf = (durationSeconds: number) => Math.max(SHORTEST_SECONDS, durationSeconds / MOST_STEPS);

/** The largest of the values in each step of a line that has `rateHz` values a second. */
function peaks(count: number, rateHz: number, stepSeconds: number, at: (i: number) => number): number[] {
  const steps = Math.ceil(count / rateHz / stepSeconds);
  return Array.from({ length: steps }, (_, step) => {
    const first = Math.floor(step * stepSeconds * rateHz);
    const end = Math.min(count, Math.max(first + 1, Math.floor((step + 1) * stepSeconds * rateHz)));
    let most = 0;
    for (let i = first; i < end; i++) most = Math.max(most, at(i));
    return rounded(most);
  });
}

/** Times at which the lips are shut, in seconds of the output. */
function closuresOf(track: MouthTrack, startSeconds: number): [number, number][] {
  const spans: [number, number][] = [];
  let began = -1;
  for (let i = 0; i <= track.frames; i++) {
    const shut = i < track.frames && track.articulation[i * ARTICULATORS.length + CLOSURE]! >= SHUT;
    if (shut && began < 0) began = i;
    if (!shut && began >= 0) {
      spans.push([rounded(startSeconds + began / MOUTH_RATE_HZ), rounded(startSeconds + i / MOUTH_RATE_HZ)]);
      began = -1;
    }
  }
  return spans;
}

/** The voices of a scene along the output's time. */
export function voiceTimelines(source: SentScene["source"], durationSeconds: number): VoiceTimeline[] {
  const voices =
    source.kind === "picture" ? source.speakers : [{ track: source.voice, startSeconds: 0 } as const];
  const step = stepOf(durationSeconds);
  return voices.map(({ track, startSeconds }) => ({
    startSeconds: rounded(startSeconds),
    loudness: peaks(track.frames, MOUTH_RATE_HZ, step, (i) => track.energy[i]!),
    aperture: peaks(
      track.frames,
      MOUTH_RATE_HZ,
      step,
      (i) => track.articulation[i * ARTICULATORS.length + APERTURE]!,
    ),
    closures: closuresOf(track, startSeconds),
  }));
}

/**
 * A job along its time.
 * @param strength `[frames]`, of the rendering.
 */
export function jobTimeline(
  voices: readonly VoiceTimeline[],
  strength: Float32Array,
  durationSeconds: number,
): JobTimeline {
  const stepSeconds = stepOf(durationSeconds);
  const rate = strength.length / durationSeconds;
  return {
    stepSeconds,
    voices,
    strength: peaks(strength.length, rate, stepSeconds, (i) => strength[i]!),
  };
}
