import { sha256Hex } from "../../../core/sha256.ts";
import { throwIfCancelled } from "../../../job/errors.ts";
import type { Bitrates } from "../../../media/encode/bitrate-steps.ts";
import type { VideoSegment } from "../../../media/encode/video-segment.ts";
import { createVideoWriter, type VideoWriter } from "../../../media/encode/video-writer.ts";
import type { OutputSound } from "../../../media/encode/output-sound.ts";
import type { PlaneColour } from "../../../media/planes/plane-colour.ts";
import type { RenderedVideo, RenderProgress } from "../../../worker-rpc/render-api.ts";
import type { OutputSettings } from "../../../worker-rpc/scene.ts";
import { readPiece, writePiece } from "../../checkpoint/checkpoint-piece.ts";
import type { Sink } from "../sink.ts";
import { createCanvasSink } from "./canvas.ts";
import { createFrameHash, type FrameHash } from "./frame-hash.ts";

/** What a video file is made of, beside its frames. */
export interface VideoFileOptions extends OutputSettings {
  /** In pixels, both even. */
  readonly width: number;
  readonly height: number;
  /** Frames per second. */
  readonly fps: number;
  readonly frames: number;
  readonly sound: OutputSound;
  /** Of the pictures; see `VideoWriterOptions.colour`. */
  readonly colour?: PlaneColour;
  /**
   * Finds out the rates of the pictures; an even, high quality when absent or undefined. Not asked when kept segments
   * tell what was chosen for them: a trial need not come out twice alike.
   */
  readonly chooseBitrates?: () => Promise<Bitrates | undefined>;
}

/** Who follows the making of a video file. */
export interface RenderListeners {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RenderProgress) => void;
  readonly onPreview: ((frame: ImageBitmap) => void) | null;
}

/** A finished video file. */
export type VideoFile = Pick<
  RenderedVideo,
  "output" | "frames" | "encoder" | "framesSha256" | "drawMs" | "encodeMs"
>;

/** A video file that is being written. */
export interface VideoFileSink extends Sink {
  /** The first frame that is missing: those before it are in segments of an earlier run. */
  readonly first: number;
  /** Frames of a segment. */
  readonly segmentFrames: number;
  /** Completes the file. */
  finish(): Promise<VideoFile>;
  /** Gives up; never rejects. */
  cancel(): Promise<void>;
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

/** A finished segment as it is kept. */
interface SegmentPiece {
  readonly index: number;
  /** Of the encoder; a segment goes only with others of the same. */
  readonly setup: string;
  /** Of the whole video. */
  readonly bitrates: Bitrates | null;
  readonly video: VideoSegment;
  /** State of the hash behind the segment's last frame. */
  readonly hash: Uint8Array<ArrayBuffer> | null;
}

/** What a segment's bytes depend on beside the encoder, beyond what the job's own fingerprint covers. */
function fingerprintOf(options: VideoFileOptions, job: string): Promise<string> {
  const { width, height, frames, format, hashFrames } = options;
  // In a built app this module's address holds a hash of its code; the worker's own changes where it starts from a blob.
  const engine = [navigator.userAgent, new URL(import.meta.url).pathname];
  return sha256Hex(JSON.stringify([job, width, height, frames, format, hashFrames, engine]));
}

/** Puts the kept segments into the video, as far as they are whole and in order; the last one. */
async function restoreKept(
  pieces: readonly Blob[],
  fingerprint: string,
  writer: VideoWriter,
  signal: AbortSignal,
): Promise<SegmentPiece | undefined> {
  let first: SegmentPiece | undefined;
  let last: SegmentPiece | undefined;
  for (const [index, blob] of pieces.entries()) {
    throwIfCancelled(signal);
    const piece = (await readPiece(blob, fingerprint)) as SegmentPiece | undefined;
    first ??= piece;
    if (piece?.index !== index || piece.setup !== writer.setup) break;
    if (String(piece.bitrates) !== String(first?.bitrates)) break;
    await writer.restore(piece.video);
    last = piece;
  }
  return last;
}

/** Hands finished segments on to whoever keeps them, with the state of the hash behind each. */
function createSegmentWriter(
  fingerprint: string,
  facts: () => Pick<SegmentPiece, "setup" | "bitrates">,
  tell: (finished: NonNullable<RenderProgress["finished"]>) => void,
) {
  const states = new Map<number, Uint8Array<ArrayBuffer>>();
  let keeping: Promise<void> = Promise.resolve();
  return {
    frameDone(frames: number, segmentFrames: number, hash: FrameHash | null) {
      if (hash && frames % segmentFrames === 0) states.set(frames / segmentFrames - 1, hash.state());
    },
    keep(index: number, video: VideoSegment) {
      const piece: SegmentPiece = { index, ...facts(), video, hash: states.get(index) ?? null };
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
 * Opens a video file for frames as they come, with previews, progress and an optional hash. Segments that an earlier run
 * has finished are taken over, and frames are wanted from behind them on.
 * @throws EngineError `codec/missing`, `codec/failed`, `job/cancelled`, `device/memory`, and so do its methods.
 */
export async function openVideoFileSink(
  options: VideoFileOptions,
  { signal, onProgress, onPreview }: RenderListeners,
): Promise<VideoFileSink> {
  const { sound, encoder, hashFrames, frames, segments, chooseBitrates, ...settings } = options;
  let frame = 0;
  let framesKept = 0;
  const report = (stage: RenderProgress["stage"], more: Partial<RenderProgress> = {}) =>
    onProgress({ stage, framesDone: frame, frames, framesKept, ...more });
  const { kept } = segments;
  const fingerprint = kept ? await fingerprintOf(options, kept.fingerprint) : "";
  const first =
    kept?.pieces[0] && ((await readPiece(kept.pieces[0], fingerprint)) as SegmentPiece | undefined);
  const bitrates = first ? first.bitrates : ((await chooseBitrates?.()) ?? null);
  const segmentWriter = createSegmentWriter(
    fingerprint,
    () => ({ setup: writer.setup, bitrates }),
    (finished) => report("rendering", { finished }),
  );
  const writer = await createVideoWriter({
    ...settings,
    frames,
    sound,
    ...(bitrates ? { bitrates } : {}),
    ...(encoder ? { encoder } : {}),
    ...(segments.seconds === null ? {} : { segmentSeconds: segments.seconds }),
    ...(kept ? { onSegment: segmentWriter.keep } : {}),
    signal,
  });
  const { segmentFrames } = writer;
  const cancel = () => writer.cancel().catch(() => undefined);
  try {
    let last: SegmentPiece | undefined;
    if (kept) {
      last = await restoreKept(kept.pieces, fingerprint, writer, signal);
      if (last) frame = framesKept = (last.index + 1) * segmentFrames;
    }
    report("rendering");
    const hash = hashFrames ? createFrameHash(last?.hash ?? undefined) : null;
    const preview = onPreview && createCanvasSink();
    let drawMs = 0;
    let encodeMs = 0;
    let lastPreview = -Infinity;
    let lastYield = performance.now();
    /** When drawing the next frame began. */
    let started = lastYield;
    return {
      first: frame,
      segmentFrames,
      async add(picture) {
        throwIfCancelled(signal);
        await hash?.add(picture);
        const drawn = performance.now();
        drawMs += drawn - started;
        if (preview && drawn - lastPreview > PREVIEW_EVERY_MS) {
          lastPreview = drawn;
          onPreview(await preview.add(picture));
        }
        segmentWriter.frameDone(frame + 1, segmentFrames, hash);
        await writer.add(picture);
        started = performance.now();
        encodeMs += started - drawn;
        frame++;
        if (started - lastYield > YIELD_EVERY_MS) {
          report("rendering");
          await yieldToMessages();
          started = lastYield = performance.now();
        }
      },
      async finish() {
        throwIfCancelled(signal);
        report("encoding");
        const output = await writer.finish();
        await segmentWriter.settled();
        encodeMs += performance.now() - started;
        const framesSha256 = hash?.hex() ?? null;
        return { output, frames: frame, encoder: writer.encoder, framesSha256, drawMs, encodeMs };
      },
      async cancel() {
        await cancel();
      },
    };
  } catch (error) {
    await cancel();
    throw error;
  }
}
