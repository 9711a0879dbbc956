import manifest from "../../models/speech/manifest.json";
import { MOUTH_RATE_HZ } from "../../src/core/mouth.ts";
import { createRuntime, type Runtime } from "../../src/inference/runtime.ts";
import { mouthAt } from "../../src/pipeline/plan/mouth-at.ts";
import {
  peopleReport,
  scorePeople,
  type FaceTruth,
  type PeopleFigures,
  type ShownMouth,
} from "./speech/people.ts";
import {
  createSpeechModel,
  speechModelOf,
  type MeasurableSpeechModel,
} from "../../src/speech/model/speech-model.ts";
import { peopleClips, soundOf } from "./people-clips.ts";
import { createRigMeter } from "./rig-meter.ts";
import type { EvalContext, EvalSection } from "./section.ts";

/** Speakers whose faces the shipped weights were fitted on. */
const FITTED: readonly string[] =
  (manifest as { people?: { speakers: readonly string[] } }).people?.speakers ?? [];
const PORTRAIT = "tests/fixtures/portrait.jpg";
/** Weights that never saw the speaker they are named after (`models/speech/people.py`). */
const FOLDS = "models/built/speech-folds";

/** What the drawn mouths of real people's voices came to. */
interface PeopleEval {
  /** By speaker; empty where the clips are absent. */
  readonly speakers: Readonly<Record<string, PeopleFigures>>;
  /** Speakers whose own voice and face the weights were fitted on. */
  readonly seen: readonly string[];
  /** What was shown, for looking. */
  readonly clips: readonly { readonly truth: FaceTruth; readonly shown: ShownMouth }[];
}

/**
 * Puts the drawn mouth beside real speakers' own: opening, width, contacts. Speakers that the weights were fitted on
 * are heard by weights that were fitted without them, where those were made.
 */
async function evaluatePeople(context: EvalContext, runtime: Runtime): Promise<PeopleEval> {
  const portrait = await context.file(PORTRAIT);
  if (!portrait) throw new Error(`${PORTRAIT} is missing`);
  const meter = await createRigMeter(runtime, portrait);
  const whole = await createSpeechModel(runtime);
  const models = new Map<string, MeasurableSpeechModel>();
  const seen: string[] = [];
  const modelFor = async (speaker: string): Promise<MeasurableSpeechModel> => {
    if (!FITTED.includes(speaker)) return whole;
    if (!models.has(speaker)) {
      const fold = await context.file(`${FOLDS}/${speaker}.onnx`);
      if (!fold) seen.push(speaker);
      const network = fold && (await runtime.loadFile(fold, speaker));
      models.set(speaker, network ? speechModelOf((feeds) => network.run(feeds)) : whole);
    }
    return models.get(speaker)!;
  };
  const clips: { truth: FaceTruth; shown: ShownMouth }[] = [];
  for await (const { truth, file, done } of peopleClips(context)) {
    const track = await (await modelFor(truth.speaker)).listen(await soundOf(file));
    const frames = Math.min(truth.gap.length, Math.floor((track.frames * truth.fps) / MOUTH_RATE_HZ));
    const shown = Array.from({ length: frames }, (_, i) => meter(mouthAt(track, 1, truth.fps, i)));
    context.onProgress(done);
    clips.push({ truth, shown: { gap: shown.map((m) => m.gap), width: shown.map((m) => m.width) } });
  }
  const names = [...new Set(clips.map(({ truth }) => truth.speaker))].sort();
  return {
    speakers: Object.fromEntries(
      names.map((name) => [name, scorePeople(clips.filter(({ truth }) => truth.speaker === name))]),
    ),
    seen,
    clips,
  };
}

/** The table of {@link evaluatePeople} with what has to be known to read it. */
function describePeople({ speakers, seen }: PeopleEval): string {
  if (Object.keys(speakers).length === 0) return "Left out, because the clips of real faces are not here.";
  const held =
    seen.length === 0
      ? "No speaker was heard by weights that were fitted on that speaker."
      : `Weights were fitted on these speakers themselves: ${seen.join(", ")}.`;
  return [
    "GRID corpus, truth by a landmarker on the video, the rig's lips on the sample portrait, 25 frames/s. Shut: a gap",
    `below 15 % of a mouth's own 95th percentile, open: above 30 %. ${held}`,
    "",
    peopleReport(speakers),
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
