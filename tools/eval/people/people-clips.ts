import { openAudio } from "../../../src/media/audio/open-audio.ts";
import type { FaceTruth, Word } from "../speech/people.ts";
import type { EvalContext } from "../section.ts";

/** Ticks per second of the GRID corpus' transcripts. */
const ALIGN_RATE = 25_000;
const SILENCE = new Set(["sil", "sp"]);

/** A clip of a speaking person: the truth of the face and the file with the sound. */
export interface PeopleClip {
  readonly truth: FaceTruth;
  readonly file: File;
  /** Share of the clips that have been given up to this one. */
  readonly done: number;
}

function wordsOf(align: string): readonly Word[] {
  return align
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , text]) => text !== undefined && !SILENCE.has(text))
    .map(([start, end, text]) => [text!, Number(start) / ALIGN_RATE, Number(end) / ALIGN_RATE]);
}

/** The clips of the GRID corpus whose faces were measured; none where the shared voices are absent. */
export async function* peopleClips(context: EvalContext): AsyncGenerator<PeopleClip> {
  const sources = await context.voices("grid/SOURCES.tsv");
  if (!sources) return;
  const rows = (await sources.text()).trim().split("\n").slice(1);
  const names = [...new Set(rows.map((row) => row.split("\t").slice(0, 2).join("/")))];
  for (const [index, name] of names.entries()) {
    const [speaker, clip] = name.split("/") as [string, string];
    const [truth, align, file] = await Promise.all([
      context.voices(`grid/truth/${speaker}_${clip}.json`),
      context.voices(`grid/${speaker}/${clip}.align`),
      context.voices(`grid/${speaker}/${clip}.mpg`),
    ]);
    if (!truth || !align || !file) continue;
    const { fps, gap, width } = JSON.parse(await truth.text()) as Pick<FaceTruth, "fps" | "gap" | "width">;
    yield {
      truth: { speaker, clip, fps, gap, width, words: wordsOf(await align.text()) },
      file,
      done: (index + 1) / names.length,
    };
  }
}

/** The sound of a clip, mono at 16 kHz. */
export async function soundOf(file: Blob): Promise<Float32Array> {
  const source = await openAudio(file);
  try {
    return await source.mono16k();
  } finally {
    source.dispose();
  }
}
