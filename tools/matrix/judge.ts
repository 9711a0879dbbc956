import { CLICK_SECONDS, FLASH_SECONDS, PATCHES, SOUND_SECONDS, type MatrixCase } from "./matrix-case.ts";
import type { Reading } from "./reading.ts";
import type { Outcome } from "./run.ts";

/** Where a reading and ffmpeg's differ by more, they are said to differ; the reasons stand beside each. */
const LIMITS = {
  /** Padding at a sound's end, which some containers do not tell: a packet of Opus or AAC at 22.05 kHz. */
  seconds: 0.05,
  /** A quarter of what eye and ear notice; WebM and Matroska round to a millisecond. */
  offset: 0.001,
  /** Codecs' loss on flat colours, and rounding. */
  levels: 6,
} as const;

/** One reading compared with what ffmpeg says. */
export interface Judgement {
  /** Differences in seconds, by how much ours is longer or later; absent where there is nothing to compare. */
  readonly seconds?: number;
  readonly offset?: number;
  /** Frames more than ffmpeg finds. */
  readonly frames?: number;
  /** Largest difference of a patch from what was painted, or, where the file changed it, from ffmpeg's. */
  readonly levels?: number;
  /** In words, what is not as it should be; empty for none. */
  readonly faults: readonly string[];
}

/** Files that say something else about their own time than their makers meant, in words for the table. */
export function liesBy({ container, codec, trait }: MatrixCase): string | null {
  if (codec === "vorbis" && (container === "MKV" || container === "WebM"))
    return "the first block lasts 3 ms of the container's time and holds no sound";
  if (codec === "opus" && container === "WebM" && trait.startsWith("clock"))
    return "its blocks are 6.5 ms early, by ffmpeg's own muxer";
  if (codec === "speex") return "its model of speech smears a click";
  if (container === "AVI" && trait === "B-frames") return "its packets have no instants of their own";
  return null;
}

function judgeSound(given: MatrixCase, wanted: Reading, got: Reading): Judgement {
  const faults: string[] = [];
  const seconds = got.seconds! - (given.seconds ?? wanted.seconds ?? 0);
  if (Math.abs(seconds) > LIMITS.seconds && !(given.damage && got.warnings?.length)) {
    faults.push(`${seconds > 0 ? "longer" : "shorter"} by ${Math.abs(seconds).toFixed(3)} s`);
  }
  // A joined file has several clicks as loud.
  if (got.click === undefined || wanted.click === undefined || (given.seconds ?? 0) > SOUND_SECONDS) {
    if (wanted.click !== undefined && got.click === undefined) faults.push("the click is not heard");
    return { seconds, faults };
  }
  // Where ffmpeg counts from what the encoder put before 0, the maker's own instant counts.
  const byFile = got.click - wanted.click;
  const byMaker = got.click - CLICK_SECONDS;
  const offset = Math.abs(byMaker) < Math.abs(byFile) ? byMaker : byFile;
  if (Math.abs(offset) > LIMITS.offset && !liesBy(given)) faults.push(`${(1000 * offset).toFixed(1)} ms off`);
  return { seconds, offset, faults };
}

/** Largest difference of any channel of any patch. */
function farthest(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  return Math.max(...a.flatMap((rgb, i) => rgb.map((value, k) => Math.abs(value - b[i]![k]!))));
}

function judgeVideo(given: MatrixCase, wanted: Reading, got: Reading): Judgement {
  const faults: string[] = [];
  const frames = got.frames! - wanted.frames!;
  if (frames !== 0) faults.push(`${Math.abs(frames)} frames ${frames > 0 ? "more" : "fewer"}`);
  const seconds = got.span! - wanted.span!;
  if (Math.abs(seconds) > 0.002) faults.push(`${seconds.toFixed(3)} s in its length`);
  const painted = farthest(got.patches!, given.shown ?? PATCHES);
  // ffmpeg shows neither high dynamic range nor alpha as a screen does.
  const levels = given.shown ? painted : Math.min(painted, farthest(got.patches!, wanted.patches!));
  if (levels > LIMITS.levels) faults.push(`colours ${levels.toFixed(0)} of 255 off`);
  const rate = given.rate ?? 25;
  const shown = Math.round(FLASH_SECONDS * rate) / rate - (given.earlier ?? 0);
  const offset = got.flash === undefined ? undefined : got.flash - shown;
  if (offset !== undefined && Math.abs(offset) > LIMITS.offset + 0.0005 && !liesBy(given))
    faults.push(`${(1000 * offset).toFixed(1)} ms off`);
  if (!(got.outputRate! >= 23 && got.outputRate! <= 60)) faults.push(`${got.outputRate}/s of output`);
  return { seconds, frames, levels, ...(offset === undefined ? {} : { offset }), faults };
}

/** Compares one reading of a case with ffmpeg's. */
export function judge({ given, wanted }: Pick<Outcome, "given" | "wanted">, got: Reading): Judgement {
  if (wanted.error !== undefined) {
    return { faults: got.error === undefined ? ["read, though ffmpeg cannot"] : [] };
  }
  if (got.error !== undefined) return { faults: [got.error] };
  const judgement = given.kind === "sound" ? judgeSound(given, wanted, got) : judgeVideo(given, wanted, got);
  const untold = (given.told ?? []).filter((code) => !got.warnings?.includes(code));
  return { ...judgement, faults: [...judgement.faults, ...untold.map((code) => `${code} not told`)] };
}
