import { findGpu } from "../../inference/gpu.ts";
import { chooseBackend } from "../../inference/choose-backend.ts";
import type { Backend, OutputFormat } from "../../job/job.ts";
import {
  AUDIO_CODECS,
  decoderOf,
  encodersOf,
  VIDEO_CODECS,
  type CodecProvider,
} from "../../media/codec-support.ts";
import { fact, obstacles, type Limitation } from "./support.ts";

/** Whether something is there, and the facts that speak against it or limit it. */
export interface Capability {
  readonly available: boolean;
  readonly limitations: readonly Limitation[];
}

/** A codec: also who does the work. ffmpeg (32 MB) is fetched when a file first needs it, and is slower. */
export interface CodecCapability extends Capability {
  readonly by: CodecProvider;
}

/** What this page can do in this browser, on this machine. */
export interface Capabilities extends Capability {
  /** The backend that the engine chooses when none is named; null when nothing runs. */
  readonly backend: Backend | null;
  readonly backends: {
    /** `adapter` is the GPU's name. */
    readonly webgpu: Capability & { readonly adapter: string | null };
    /** `threads` that WebAssembly would use. */
    readonly wasm: Capability & { readonly threads: number };
  };
  /** By codec of a voice or video. */
  readonly decode: Readonly<
    Record<(typeof VIDEO_CODECS)[number] | (typeof AUDIO_CODECS)[number], CodecCapability>
  >;
  /** By container of the result; each needs both its codecs. */
  readonly encode: Readonly<
    Record<OutputFormat, Capability & { readonly video: CodecProvider; readonly audio: CodecProvider }>
  >;
  readonly storage: {
    /** Files of this origin: long results, models, the queue's media. */
    readonly files: Capability;
    /** A queue that outlives the page. */
    readonly queue: Capability;
    /** Bytes that this origin uses and may use; null where the browser does not tell. */
    readonly usageBytes: number | null;
    readonly quotaBytes: number | null;
    /** Whether the browser promised not to clear it by itself. */
    readonly persisted: boolean;
  };
}

const capability = (
  limitations: readonly Limitation[],
  available = limitations.length === 0,
): Capability => ({
  available,
  limitations,
});

async function describeDecoder(
  codec: (typeof VIDEO_CODECS)[number] | (typeof AUDIO_CODECS)[number],
): Promise<CodecCapability> {
  const by = await decoderOf(codec);
  const limitations = by === "browser" ? [] : [...withoutWebCodecs(), fact("codecs/no-decoder", { codec })];
  return { ...capability(limitations, by !== null), by };
}

async function describeEncoder(format: OutputFormat): Promise<Capabilities["encode"][OutputFormat]> {
  const { video, audio } = await encodersOf(format);
  const limitations = [
    ...(video === "browser" ? [] : withoutWebCodecs()),
    ...(video === "browser" ? [] : [fact("codecs/no-encoder", { codec: format === "mp4" ? "avc" : "vp9" })]),
    ...(audio === null ? [fact("codecs/no-encoder", { codec: "opus" })] : []),
  ];
  return { ...capability(limitations, video !== null && audio !== null), video, audio };
}

function withoutWebCodecs(): readonly Limitation[] {
  return typeof VideoDecoder === "undefined" ? [fact("codecs/no-webcodecs")] : [];
}

async function byName<Name extends string, Value>(
  names: readonly Name[],
  describe: (name: Name) => Promise<Value>,
): Promise<Readonly<Record<Name, Value>>> {
  const entries = await Promise.all(names.map(async (name) => [name, await describe(name)] as const));
  return Object.fromEntries(entries) as Record<Name, Value>;
}

async function describeStorage(): Promise<Capabilities["storage"]> {
  const { storage, locks } = navigator as { readonly storage?: StorageManager; readonly locks?: LockManager };
  const files = await Promise.resolve(storage?.getDirectory?.()).catch(() => undefined);
  const { usage, quota } = (await storage?.estimate?.().catch(() => undefined)) ?? {};
  return {
    files: capability(files ? [] : [fact("storage/no-files")]),
    queue: capability([
      ...("indexedDB" in globalThis ? [] : [fact("storage/no-database")]),
      ...(locks ? [] : [fact("storage/no-locks")]),
    ]),
    usageBytes: usage ?? null,
    quotaBytes: quota ?? null,
    persisted: (await storage?.persisted?.().catch(() => false)) ?? false,
  };
}

/** See `capabilities` of the entry. */
export async function describeCapabilities(): Promise<Capabilities> {
  const stopped = obstacles();
  const { isSecureContext, crossOriginIsolated, navigator } = globalThis;
  const gpu = await findGpu();
  const { hardwareConcurrency: cores } = navigator;
  const facts = { gpu, isolated: crossOriginIsolated, cores };
  const wasm = stopped.filter(({ code }) => code.startsWith("wasm/"));
  const slower = crossOriginIsolated ? [] : [fact("threads/not-isolated")];
  const [decode, mp4, webm, storage] = await Promise.all([
    byName([...VIDEO_CODECS, ...AUDIO_CODECS], describeDecoder),
    describeEncoder("mp4"),
    describeEncoder("webm"),
    describeStorage(),
  ]);
  return {
    available: stopped.length === 0,
    limitations: [...stopped, ...(isSecureContext ? [] : [fact("page/insecure")])],
    backend: stopped.length > 0 ? null : chooseBackend(facts).backend,
    backends: {
      webgpu: {
        available: gpu !== undefined && stopped.length === 0,
        adapter: gpu?.name ?? null,
        limitations: [
          ...stopped,
          ...(gpu ? [] : [fact("gpu" in navigator ? "webgpu/no-adapter" : "webgpu/missing")]),
          ...(gpu?.software ? [fact("webgpu/emulated", { adapter: gpu.name })] : []),
        ],
      },
      wasm: {
        available: stopped.length === 0,
        threads: chooseBackend(facts, "wasm").threads,
        limitations: [...wasm, ...slower],
      },
    },
    decode,
    encode: { mp4, webm },
    storage,
  };
}
