import { throwIfCancelled } from "../../job/errors.ts";
import type { OutputFormat } from "../../job/job.ts";
import { sha256Hex } from "../../core/sha256.ts";
import type { Bitrates } from "../../media/encode/bitrates.ts";
import type { MovieSegment } from "../../media/encode/movie-segment.ts";
import { createMovieWriter, type MovieWriter } from "../../media/encode/movie-writer.ts";
import type { AudioSource } from "../../media/audio/open-audio.ts";
import { rgbaOf, type Picture } from "../../media/planes/picture.ts";
import type { PlaneColour } from "../../media/planes/plane-colour.ts";
import type { FilmSegments, RenderProgress } from "../../worker-rpc/render-api.ts";
import { handOver } from "../../worker-rpc/rpc.ts";
import { readPiece, writePiece } from "../checkpoint/checkpoint-piece.ts";
import { createFrameHash, type FrameHash } from "./frame-hash.ts";

/** What a film is made of, beside its frames. */
export interface FilmOptions {
  /** In pixels, both even. */
  readonly width: number;
  readonly height: number;
  /** Frames per second, or the start of each frame in seconds. */
  readonly fps: number | { readonly timestamps: number[] };
  readonly frames: number;
  readonly sound: AudioSource;
  readonly durationSeconds: number;
  readonly format: OutputFormat;
  /** Of the pictures; see `MovieWriterOptions.colour`. */
  readonly colour?: PlaneColour;
  readonly encoder: "webcodecs" | "ffmpeg" | null;
  /**
   * Finds out the rates of the pictures; an even, high quality when absent or undefined. Not asked when kept segments
   * tell what was chosen for them: a trial need not come out twice alike.
   */
  readonly chooseBitrates?: () => Promise<Bitrates | undefined>;
  /** Also compute `framesSha256`. */
  readonly hashFrames: boolean;
  /** Whether the file says that it is AI-made. */
  readonly aiMark: boolean;
  readonly segments: FilmSegments;
}

/**
 * Gives a film's frames from one on, each for itself: what comes must not depend on where it begins.
 * A frame may be reused as soon as the next one is asked for.
 * @param segmentFrames frames of a segment; a film begins at a multiple of it.
 */
export type FramesFrom = (first: number, segmentFrames: number) => AsyncIterable<Picture>;

/** Who follows the making of a film. */
export interface FilmListeners {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RenderProgress) => void;
  readonly onPreview: ((frame: ImageBitmap) => void) | null;
}

/** A finished film. */
export interface Film {
  readonly output: Blob;
  readonly frames: number;
  readonly encoder: string;
  readonly framesSha256: string | null;
  /** Milliseconds spent drawing and waiting for the encoder. */
  readonly drawMs: number;
  readonly encodeMs: number;
}

/** Pause between two live previews in milliseconds. */
const PREVIEW_EVERY_MS = 200;
/** Longest stretch of work without telling progress and letting messages (a cancellation, say) in, in milliseconds. */
const YIELD_EVERY_MS = 40;

/** Lets queued messages in; `setTimeout` would be clamped to 4 ms. */
function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

async function sendPreview(picture: Picture, onPreview: (frame: ImageBitmap) => void): Promise<void> {
  const frame = rgbaOf(picture);
  const bitmap = await createImageBitmap(new ImageData(frame.data, frame.width, frame.height));
  onPreview(handOver(bitmap, [bitmap]));
}

/** A finished segment as it is kept. */
interface FilmPiece {
  readonly index: number;
  /** Of the encoder; a segment goes only with others of the same. */
  readonly setup: string;
  /** Of the whole film. */
  readonly bitrates: Bitrates | null;
  readonly movie: MovieSegment;
  /** State of the hash behind the segment's last frame. */
  readonly hash: Uint8Array<ArrayBuffer> | null;
}

/** What a segment's bytes depend on beside the encoder, beyond what the job's own fingerprint covers. */
function fingerprintOf(options: FilmOptions, job: string): Promise<string> {
  const { width, height, frames, format, hashFrames } = options;
  // In a built app this module's address holds a hash of its code; the worker's own changes where it starts from a blob.
  const engine = [navigator.userAgent, new URL(import.meta.url).pathname];
  return sha256Hex(JSON.stringify([job, width, height, frames, format, hashFrames, engine]));
}

/** Puts the kept segments into the movie, as far as they are whole and in order; the last one. */
async function restoreKept(
  pieces: readonly Blob[],
  fingerprint: string,
  writer: MovieWriter,
  signal: AbortSignal,
): Promise<FilmPiece | undefined> {
  let first: FilmPiece | undefined;
  let last: FilmPiece | undefined;
  for (const [index, blob] of pieces.entries()) {
    throwIfCancelled(signal);
    const piece = (await readPiece(blob, fingerprint)) as FilmPiece | undefined;
    first ??= piece;
    if (piece?.index !== index || piece.setup !== writer.setup) break;
    if (String(piece.bitrates) !== String(first?.bitrates)) break;
    await writer.restore(piece.movie);
    last = piece;
  }
  return last;
}

/** Hands finished segments on to whoever keeps them, with the state of the hash behind each. */
function createSegmentKeeper(
  fingerprint: string,
  facts: () => Pick<FilmPiece, "setup" | "bitrates">,
  tell: (finished: NonNullable<RenderProgress["finished"]>) => void,
) {
  const states = new Map<number, Uint8Array<ArrayBuffer>>();
  let keeping: Promise<void> = Promise.resolve();
  return {
    frameDone(frames: number, segmentFrames: number, hash: FrameHash | null) {
      if (hash && frames % segmentFrames === 0) states.set(frames / segmentFrames - 1, hash.state());
    },
    keep(index: number, movie: MovieSegment) {
      const piece: FilmPiece = { index, ...facts(), movie, hash: states.get(index) ?? null };
      states.delete(index);
      keeping = keeping
        .then(async () => tell({ index, piece: await writePiece(fingerprint, piece) }))
        // What cannot be kept is drawn again, should it come to that.
        .catch(() => undefined);
    },
    settled: () => keeping,
  };
}

/**
 * Encodes frames as they come, with previews, progress and an optional hash; holds one frame at a time. Segments that
 * an earlier run has finished are taken over, and drawing begins behind them.
 * @throws EngineError `codec/missing`, `codec/failed`, `job/cancelled`, `device/memory`, and what `images` throws.
 */
export async function writeFilm(
  options: FilmOptions,
  images: FramesFrom,
  { signal, onProgress, onPreview }: FilmListeners,
): Promise<Film> {
  const { sound, encoder, hashFrames, frames, segments, chooseBitrates, ...movie } = options;
  let frame = 0;
  let framesKept = 0;
  const tell = (stage: RenderProgress["stage"], news: Partial<RenderProgress> = {}) =>
    onProgress({ stage, framesDone: frame, frames, framesKept, ...news });
  const { kept } = segments;
  const fingerprint = kept ? await fingerprintOf(options, kept.fingerprint) : "";
  const first = kept?.pieces[0] && ((await readPiece(kept.pieces[0], fingerprint)) as FilmPiece | undefined);
  const bitrates = first ? first.bitrates : ((await chooseBitrates?.()) ?? null);
  const keeper = createSegmentKeeper(
    fingerprint,
    () => ({ setup: writer.setup, bitrates }),
    (finished) => tell("rendering", { finished }),
  );
  const writer = await createMovieWriter({
    ...movie,
    frames,
    audio: sound,
    ...(bitrates ? { bitrates } : {}),
    ...(encoder ? { encoder } : {}),
    ...(segments.seconds === null ? {} : { segmentSeconds: segments.seconds }),
    ...(kept ? { onSegment: keeper.keep } : {}),
    signal,
  });
  const { segmentFrames } = writer;
  let drawMs = 0;
  let encodeMs = 0;
  let lastPreview = -Infinity;
  try {
    let last: FilmPiece | undefined;
    if (kept) {
      last = await restoreKept(kept.pieces, fingerprint, writer, signal);
      if (last) frame = framesKept = (last.index + 1) * segmentFrames;
    }
    tell("rendering");
    const hash = hashFrames ? createFrameHash(last?.hash ?? undefined) : null;
    let lastYield = performance.now();
    let started = lastYield;
    for await (const picture of images(frame, segmentFrames)) {
      throwIfCancelled(signal);
      await hash?.add(picture);
      const drawn = performance.now();
      drawMs += drawn - started;
      if (onPreview && drawn - lastPreview > PREVIEW_EVERY_MS) {
        lastPreview = drawn;
        await sendPreview(picture, onPreview);
      }
      keeper.frameDone(frame + 1, segmentFrames, hash);
      await writer.add(picture);
      started = performance.now();
      encodeMs += started - drawn;
      frame++;
      if (started - lastYield > YIELD_EVERY_MS) {
        tell("rendering");
        await yieldToMessages();
        started = lastYield = performance.now();
      }
    }
    throwIfCancelled(signal);
    tell("encoding");
    const output = await writer.finish();
    await keeper.settled();
    encodeMs += performance.now() - started;
    return {
      output,
      frames: frame,
      encoder: writer.encoder,
      framesSha256: hash?.hex() ?? null,
      drawMs,
      encodeMs,
    };
  } catch (error) {
    await writer.cancel().catch(() => undefined);
    throw error;
  }
}
