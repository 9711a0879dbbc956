import { wavHeader } from "../../../src/core/wav.ts";
import { openAudio } from "../../../src/media/audio/open-audio.ts";
import type { ClipLabels } from "../speech/labels.ts";
import { SPEECH_RATE_HZ } from "../../../src/speech/features/log-mel.ts";
import type { EvalContext } from "../section.ts";

const FOLDER = "tests/eval/speech";
const LABELS = import.meta.glob<ClipLabels>("../../../tests/eval/speech/*.json", {
  import: "default",
  eager: true,
});
/** Samples of one instant of the truth. */
const HOP = SPEECH_RATE_HZ / 100;

/** One clip within a {@link Voice}, in hundredths of a second. */
export interface VoicePart {
  readonly clip: string;
  readonly first: number;
  readonly count: number;
}

/** Several clips of one language and voice, one after the other, with their exact aperture. */
export interface Voice {
  readonly name: string;
  readonly parts: readonly VoicePart[];
  /** 100 Hz. */
  readonly truth: Float32Array;
  /** 16 kHz mono. */
  readonly pcm: Float32Array;
  readonly file: File;
}

/** A WAV file, 16 kHz mono, 16 bit. */
export function wavOf(pcm: Float32Array, name: string): File {
  const data = Int16Array.from(pcm, (sample) => Math.round(32767 * sample));
  const header = wavHeader({ sampleRateHz: SPEECH_RATE_HZ, encoding: "s16" }, data.byteLength);
  return new File([header, data], name);
}

async function decode(file: File): Promise<Float32Array> {
  const source = await openAudio(file);
  try {
    return await source.mono16k();
  } finally {
    source.dispose();
  }
}

/** All clips with exact truth, joined by language: the parts of a recording longer than any of them. */
export async function readVoices(context: EvalContext): Promise<Voice[]> {
  const groups = new Map<string, ClipLabels[]>();
  for (const labels of Object.values(LABELS)) {
    const name = labels.clip.replace(/-\d+$/, "");
    if (labels.aperture) groups.set(name, [...(groups.get(name) ?? []), labels]);
  }
  const voices: Voice[] = [];
  for (const [name, clips] of groups) {
    const length = clips.reduce((sum, { aperture }) => sum + aperture!.length, 0);
    const truth = new Float32Array(length);
    const pcm = new Float32Array(length * HOP);
    const parts: VoicePart[] = [];
    let first = 0;
    for (const { clip, file, aperture } of clips) {
      const sound = await context.file(`${FOLDER}/${file}`);
      if (!sound) throw new Error(`${FOLDER}/${file} is missing`);
      const count = aperture!.length;
      truth.set(aperture!, first);
      pcm.set((await decode(sound)).subarray(0, count * HOP), first * HOP);
      parts.push({ clip, first, count });
      first += count;
    }
    voices.push({ name, parts, truth, pcm, file: wavOf(pcm, `${name}.wav`) });
  }
  return voices;
}
