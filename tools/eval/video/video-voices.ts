import { openAudio } from "../../../src/media/audio/open-audio.ts";
import type { ClipLabels } from "../speech/labels.ts";
import { SPEECH_RATE_HZ } from "../../../src/speech/features/log-mel.ts";
import type { EvalContext } from "../section.ts";

const FOLDER = "tests/eval/speech";
const LABELS = import.meta.glob<ClipLabels>("../../tests/eval/speech/*.json", {
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
  const view = new DataView(new ArrayBuffer(44 + pcm.length * 2));
  const text = (offset: number, word: string) =>
    [...word].forEach((letter, i) => view.setUint8(offset + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + pcm.length * 2, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, SPEECH_RATE_HZ, true);
  view.setUint32(28, 2 * SPEECH_RATE_HZ, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, pcm.length * 2, true);
  pcm.forEach((sample, i) => view.setInt16(44 + i * 2, Math.round(32767 * sample), true));
  return new File([view.buffer], name);
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
