import { MOUTH_RATE_HZ, type MouthTrack } from "../../../src/core/mouth.ts";
import { createRuntime, type Runtime } from "../../../src/inference/runtime.ts";
import { LATENCIES, type Latency } from "../../../src/job/latency.ts";
import { mouthAt } from "../../../src/pipeline/plan/mouth-at.ts";
import {
  peopleReport,
  scorePeople,
  type FaceTruth,
  type PeopleFigures,
  type ShownMouth,
} from "../speech/people.ts";
import { createHeldOutSpeech, heldOutNote } from "./held-out-speech.ts";
import { peopleClips, soundOf } from "./people-clips.ts";
import { correlation } from "../../../src/core/correlation.ts";
import { createFilm } from "./people-film.ts";
import { createRigMeter } from "./rig-meter.ts";
import { analyseWhileSpoken } from "../speech/streamed.ts";
import type { EvalContext, EvalSection } from "../section.ts";

/** Clips of either kind that are drawn for looking. */
const FILMED = 4;
const PORTRAIT = "tests/fixtures/portrait.jpg";

/** What the drawn mouths of real people's voices came to. */
interface PeopleEval {
  /** By speaker; empty where the clips are absent. */
  readonly speakers: Readonly<Record<string, PeopleFigures>>;
  /** Speakers whose own voice and face the weights were fitted on. */
  readonly seen: readonly string[];
  /** The same, heard while it was spoken. */
  readonly streamed: Readonly<Record<Latency, Readonly<Record<string, PeopleFigures>>>>;
  /** Clips that were drawn for looking: the worst first, then typical ones. */
  readonly filmed: readonly { speaker: string; clip: string; fps: number; r: number }[];
  /** What was shown. */
  readonly clips: readonly { readonly truth: FaceTruth; readonly shown: ShownMouth }[];
}

/** The clips with the lowest correlation of openings, then those around the median, of several speakers. */
function worstAndTypical<T extends { readonly truth: FaceTruth; readonly shown: ShownMouth }>(
  clips: readonly T[],
): (T & { readonly r: number })[] {
  const ranked = clips
    .map((clip) => ({
      ...clip,
      r: correlation(clip.truth.gap.slice(0, clip.shown.gap.length), clip.shown.gap),
    }))
    .sort((a, b) => a.r - b.r);
  const middle = ranked.slice(Math.floor(ranked.length / 2));
  const typical = middle.filter(
    ({ truth }, i) => middle.findIndex((other) => other.truth.speaker === truth.speaker) === i,
  );
  return [...ranked.slice(0, FILMED), ...typical.slice(0, FILMED)];
}

/**
 * Puts the drawn mouth beside real speakers' own: opening, width, contacts. Speakers that the weights were fitted on
 * are heard by weights that were fitted without them, where those were made.
 */
async function evaluatePeople(context: EvalContext, runtime: Runtime): Promise<PeopleEval> {
  const portrait = await context.file(PORTRAIT);
  if (!portrait) throw new Error(`${PORTRAIT} is missing`);
  const meter = await createRigMeter(runtime, portrait);
  const speech = await createHeldOutSpeech(context, runtime);
  const shownOf = (track: MouthTrack, { gap, fps }: FaceTruth): ShownMouth => {
    const frames = Math.min(gap.length, Math.floor((track.frames * fps) / MOUTH_RATE_HZ));
    const measured = Array.from({ length: frames }, (_, i) => meter(mouthAt(track, 1, fps, i)));
    return { gap: measured.map((m) => m.gap), width: measured.map((m) => m.width) };
  };
  const clips: {
    truth: FaceTruth;
    shown: ShownMouth;
    streamed: Record<Latency, ShownMouth>;
    track: MouthTrack;
  }[] = [];
  for await (const { truth, file, done } of peopleClips(context)) {
    const model = await speech.forSpeaker(truth.speaker);
    const pcm = await soundOf(file);
    const track = await model.mouthOf(pcm);
    const live = async (latency: Latency) =>
      shownOf((await analyseWhileSpoken(model, pcm, latency)).track, truth);
    const streamed = { low: await live("low"), quality: await live("quality") };
    clips.push({ truth, track, shown: shownOf(track, truth), streamed });
    context.onProgress(done);
  }
  const names = [...new Set(clips.map(({ truth }) => truth.speaker))].sort();
  const figures = (shown: (clip: (typeof clips)[number]) => ShownMouth) =>
    Object.fromEntries(
      names.map((name) => {
        const own = clips.filter(({ truth }) => truth.speaker === name);
        return [name, scorePeople(own.map((clip) => ({ truth: clip.truth, shown: shown(clip) })))];
      }),
    );
  const filmed = [];
  if (context.keep && clips.length > 0) {
    const film = await createFilm(runtime, portrait);
    for (const { truth, track, shown, r } of worstAndTypical(clips)) {
      const { speaker, clip, fps } = truth;
      let frame = 0;
      for await (const picture of film(track, fps, shown.gap.length)) {
        await context.keep(`${speaker}_${clip}-${String(++frame).padStart(3, "0")}.jpg`, picture);
      }
      filmed.push({ speaker, clip, fps, r });
    }
  }
  return {
    speakers: figures(({ shown }) => shown),
    streamed: {
      low: figures(({ streamed }) => streamed.low),
      quality: figures(({ streamed }) => streamed.quality),
    },
    seen: speech.seen,
    filmed,
    clips: clips.map(({ truth, shown }) => ({ truth, shown })),
  };
}

/** The table of {@link evaluatePeople} with what has to be known to read it. */
function describePeople({ speakers, streamed, seen }: PeopleEval): string {
  if (Object.keys(speakers).length === 0) return "Left out, because the clips of real faces are not here.";
  return [
    "GRID corpus, truth by a landmarker on the video, the rig's lips on the sample portrait, 25 frames/s. Shut: a gap",
    `below 15 % of a mouth's own 95th percentile, open: above 30 %. ${heldOutNote(seen)}`,
    "",
    peopleReport(speakers),
    "",
    ...(["low", "quality"] as const).flatMap((latency) => [
      `Heard while it is spoken, with ${10 * LATENCIES[latency].future} ms of future (${latency}):`,
      "",
      peopleReport(streamed[latency]),
      "",
    ]),
  ].join("\n");
}

/** How well drawn mouths follow those of people whose faces were measured. */
export const PEOPLE_SECTION: EvalSection = {
  name: "speech-people",
  title: "Speech to mouth beside people",
  async run(context) {
    const runtime = await createRuntime({ backend: "wasm", threads: 1 });
    try {
      const result = await evaluatePeople(context, runtime);
      return { json: result, markdown: describePeople(result) };
    } finally {
      await runtime.dispose();
    }
  },
};
