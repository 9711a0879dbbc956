import manifest from "../../../models/speech/manifest.json";
import type { Runtime } from "../../../src/inference/runtime.ts";
import {
  createSpeechModel,
  speechModelOf,
  type MeasurableSpeechModel,
} from "../../../src/speech/model/speech-model.ts";
import type { EvalContext } from "../section.ts";

/** Speakers whose faces the shipped weights were fitted on. */
const FITTED: readonly string[] =
  (manifest as { people?: { speakers: readonly string[] } }).people?.speakers ?? [];
/** Weights that never saw the speaker they are named after (`models/speech/people.py`). */
const FOLDS = "models/built/speech-folds";

/** Speech models by speaker: none that was fitted on the speaker it analyses, where such weights were made. */
export interface HeldOutSpeech {
  forSpeaker(speaker: string): Promise<MeasurableSpeechModel>;
  /** Speakers so far whose own voice and face the weights were fitted on. */
  readonly seen: readonly string[];
}

/** Opens the shipped weights, and for fitted speakers the fold without them. */
export async function createHeldOutSpeech(context: EvalContext, runtime: Runtime): Promise<HeldOutSpeech> {
  const whole = await createSpeechModel(runtime);
  const models = new Map<string, MeasurableSpeechModel>();
  const seen: string[] = [];
  return {
    seen,
    async forSpeaker(speaker) {
      if (!FITTED.includes(speaker)) return whole;
      if (!models.has(speaker)) {
        const fold = await context.file(`${FOLDS}/${speaker}.onnx`);
        if (!fold) seen.push(speaker);
        const network = fold && (await runtime.loadFile(fold, speaker));
        models.set(speaker, network ? speechModelOf((feeds) => network.run(feeds)) : whole);
      }
      return models.get(speaker)!;
    },
  };
}

/** What has to be said of speakers whom the weights knew. */
export function heldOutNote(seen: readonly string[]): string {
  return seen.length === 0
    ? "No speaker was heard by weights that were fitted on that speaker."
    : `Weights were fitted on these speakers themselves: ${seen.join(", ")}.`;
}
