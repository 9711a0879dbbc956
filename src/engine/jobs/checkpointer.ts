import type { Checkpoint } from "../../job/checkpoint.ts";
import type { JobSpec } from "../../job/job-spec.ts";
import type { Backend } from "../../job/job.ts";
import { sha256Hex } from "../../core/sha256.ts";
import { VERSION } from "../../core/version.ts";
import { readPiece, writePiece } from "../../pipeline/checkpoint/checkpoint-piece.ts";
import type { LipModelData } from "../../worker-rpc/lip-model-api.ts";
import type { RenderProgress } from "../../worker-rpc/render-api.ts";
import type { OutputSegments } from "../../worker-rpc/scene.ts";
import type { KeptTracking, SavePiece } from "../../worker-rpc/video-api.ts";

/**
 * Keeps the finished parts of a job so that an interrupted one goes on where it was: first what was found out about its
 * inputs, then the output's segments. Without a checkpoint it keeps nothing and costs nothing.
 */
export interface Checkpointer {
  /** What an earlier run of the very same job found out; undefined when there is nothing of use. */
  analysis(): Promise<unknown>;
  /**
   * Finished parts of what an earlier run was finding out on that backend, and a place for further ones until
   * {@link Checkpointer.keepAnalysis}; null when nothing is kept. Ask after {@link Checkpointer.analysis} found nothing.
   */
  tracking(backend: Backend): Promise<{ kept: KeptTracking; keep: SavePiece } | null>;
  /** Keeps what was found out: plain data with typed arrays. Forgets what an earlier run kept. */
  keepAnalysis(value: unknown): Promise<void>;
  /** The output's segments; ask after one of the two above. */
  segments(): OutputSegments;
  /** Keeps a segment that the renderer has finished. */
  keepSegment(finished: NonNullable<RenderProgress["finished"]>): void;
  /** The job is over: resolves when nothing is being saved any more, and drops segments that come later. */
  settled(): Promise<void>;
}

/** A file up to this many bytes is compared whole, a larger one by samples. */
const WHOLE_BYTES = 32 * 1024 * 1024;
const SAMPLES = 64;
const SAMPLE_BYTES = 256 * 1024;
/** Seconds of video that are followed again at most after an interruption. */
const TRACKED_SECONDS = 10;

/** What tells files of one job apart: the size, and the bytes or 16 MiB of them spread over the file. */
async function describeFile(file: Blob): Promise<unknown> {
  if (file.size <= WHOLE_BYTES) return { size: file.size, sha256: await sha256Hex(await file.arrayBuffer()) };
  const places = Array.from({ length: SAMPLES }, (_, i) =>
    Math.floor(((file.size - SAMPLE_BYTES) * i) / (SAMPLES - 1)),
  );
  const samples = new Blob(places.map((at) => file.slice(at, at + SAMPLE_BYTES)));
  return { size: file.size, sha256: await sha256Hex(await samples.arrayBuffer()) };
}

/** A request as text that is the same for the same request, files by their bytes. */
async function describe(value: unknown): Promise<unknown> {
  if (value instanceof Blob) return describeFile(value);
  if (ArrayBuffer.isView(value)) return sha256Hex(value as Uint8Array<ArrayBuffer>);
  if (Array.isArray(value)) return Promise.all(value.map(describe));
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([, part]) => part !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return Promise.all(fields.map(async ([name, part]) => [name, await describe(part)]));
}

/** What the engine has chosen and opened for a request. */
export interface ResolvedParts {
  readonly seed: number;
  readonly lipModel?: LipModelData;
}

/** Of all that a job's result depends on; the renderer adds its own part, with the encoder's settings. */
async function fingerprintOf(spec: JobSpec<Blob>, { seed, lipModel }: ResolvedParts): Promise<string> {
  // In a built app this module's address holds a hash of its code.
  const engine = [VERSION, navigator.userAgent, new URL(import.meta.url).pathname];
  return sha256Hex(JSON.stringify([engine, seed, await describe({ ...spec, lipModel })]));
}

/** A checkpointer over a job's checkpoint, if it has one. */
export function createCheckpointer(
  checkpoint: Checkpoint | undefined,
  spec: JobSpec<Blob>,
  resolved: ResolvedParts,
): Checkpointer {
  const seconds = spec.segmentSeconds ?? null;
  // Without sums (plain http has none) nothing that is kept could be trusted.
  if (!checkpoint || !(crypto as Partial<Crypto>).subtle) {
    return {
      analysis: () => Promise.resolve(undefined),
      tracking: () => Promise.resolve(null),
      keepAnalysis: () => Promise.resolve(),
      segments: () => ({ seconds, kept: null }),
      keepSegment: () => undefined,
      settled: () => Promise.resolve(),
    };
  }
  let fingerprint: Promise<string> | undefined;
  const own = () => (fingerprint ??= fingerprintOf(spec, resolved));
  /** Ties the segments to the analysis from which they were drawn. */
  let run = "";
  let pieces: readonly Blob[] = [];
  let tracked: readonly Blob[] = [];
  let saving: Promise<void> = Promise.resolve();
  let broken = false;
  let over = false;
  const save = (piece: Blob, index: number) => {
    if (over) return;
    saving = saving
      .then(() => (broken ? undefined : checkpoint.save(piece, index)))
      // Without room the job goes on; only what comes after an interruption takes longer.
      .catch(() => {
        broken = true;
      });
  };
  return {
    async analysis() {
      const saved = await checkpoint.load().catch(() => []);
      const [first, ...rest] = saved;
      const kept =
        first && ((await readPiece(first, await own())) as { run: string; value: unknown } | undefined);
      if (!kept) {
        tracked = saved;
        return undefined;
      }
      run = kept.run;
      pieces = rest;
      return kept.value;
    },
    async tracking(backend) {
      const fingerprint = `${await own()} tracking ${backend}`;
      return {
        kept: { fingerprint, pieces: tracked, everySeconds: TRACKED_SECONDS },
        keep(index, piece) {
          if (!run) save(piece, index);
        },
      };
    },
    async keepAnalysis(value) {
      run = crypto.randomUUID();
      pieces = [];
      save(await writePiece(await own(), { run, value }), 0);
    },
    segments: () => ({ seconds, kept: { fingerprint: run, pieces } }),
    keepSegment: ({ index, piece }) => save(piece, index + 1),
    settled() {
      over = true;
      return saving;
    },
  };
}
