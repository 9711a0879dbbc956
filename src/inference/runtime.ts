/// <reference types="@webgpu/types" />
import { EngineError, toEngineError } from "../job/errors.ts";
import type { Backend } from "../job/job.ts";
import { toFloats, toHalves } from "./element-types.ts";
import { exclusively } from "./exclusive.ts";
import { findGpu, requestDevice } from "./gpu.ts";
import { loadAsset } from "./load-asset.ts";
import type { AssetName, ModelName } from "./model-registry.ts";
import { loadOrt, type Ort } from "./ort.ts";
import { describeWasm, probeBackend } from "./probe.ts";
import { requireWasm } from "./wasm-support.ts";

/**
 * Numbers of a network, row-major; `data.length` is the product of `dims`. Ports of `float16` or `uint8` are
 * converted on the way in and out.
 */
export interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** Name and shape of a model's input or output; -1 stands for a size that may vary. */
export interface Port {
  readonly name: string;
  readonly dims: readonly number[];
}

/** A network that is ready to run. */
export interface Model {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /**
   * Runs the network once; calls queue up behind each other.
   * @returns all outputs by name; the caller owns them.
   * @throws EngineError `device/lost`, `device/memory`, or `internal/bug` for feeds that do not fit.
   */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** Frees its memory; the model cannot run afterwards. Harmless when it was done before. */
  release(): Promise<void>;
}

/** The place where networks run: one backend on one device, usable in a worker and on a page. */
export interface Runtime {
  readonly backend: Backend;
  /** What to show the user: the GPU's name, or WebAssembly and its threads. */
  readonly adapter: string;
  readonly threads: number;
  /** The device of the WebGPU backend, for sharing buffers; undefined on wasm. */
  readonly device: GPUDevice | undefined;
  /**
   * A model that ships with the project, fetched and verified.
   * @throws EngineError `model/load`, `model/integrity`, `device/lost`, `device/memory`.
   */
  load(name: ModelName): Promise<Model>;
  /**
   * A model from bytes that the user brought.
   * @param label names it in errors.
   * @throws EngineError `model/unsupported` when onnxruntime refuses it.
   */
  loadBytes(bytes: Uint8Array, label: string): Promise<Model>;
  /** A file that ships with the project, fetched and verified, in bytes. */
  loadAsset(name: AssetName): Promise<Uint8Array<ArrayBuffer>>;
  /** Releases all models and the device; after a loss there is nothing left to release. */
  dispose(): Promise<void>;
}

/** Settings of {@link createRuntime}. */
export interface RuntimeOptions {
  /** Overrides the probe's choice. */
  readonly backend?: Backend;
  /** Overrides the number of wasm threads; the first runtime of a thread decides. */
  readonly threads?: number;
  /** Refuses models of which a part would run on the CPU, for checks of the WebGPU backend. */
  readonly gpuOnly?: boolean;
  /** Told once when the GPU device is lost. */
  readonly onLost?: (error: EngineError) => void;
}

const lostError = (info: GPUDeviceLostInfo) =>
  new EngineError(
    "device/lost",
    `The graphics device was lost (${info.message || info.reason}). Start the job again; ` +
      `if it happens once more choose the WebAssembly backend.`,
  );

/**
 * The first device that this thread lost. onnxruntime's WebGPU heap is not sound after a loss in mid-run (seen:
 * garbled messages, then a busy loop), so this thread never touches that backend again; a new worker can.
 */
let lostHere: EngineError | undefined;

/** Watches a device; `guard` makes work that would hang on a lost device fail instead. */
class DeviceWatch {
  private readonly lost: Promise<never>;
  private error: EngineError | undefined;
  private closing = false;

  constructor(
    readonly device: GPUDevice | undefined,
    onLost: ((error: EngineError) => void) | undefined,
  ) {
    this.lost = new Promise((_resolve, reject) => {
      void device?.lost.then((info) => {
        if (this.closing) return;
        this.error = lostError(info);
        lostHere ??= this.error;
        reject(this.error);
        onLost?.(this.error);
      });
    });
    this.lost.catch(() => undefined);
  }

  async guard<T>(work: () => Promise<T>): Promise<T> {
    if (this.error !== undefined) throw this.error;
    try {
      return await Promise.race([work(), this.lost]);
    } catch (error) {
      // A failure that a loss caused can surface before the loss is reported.
      await Promise.resolve();
      throw this.error ?? error;
    }
  }

  get isLost(): boolean {
    return this.error !== undefined;
  }

  close(): void {
    this.closing = true;
    this.device?.destroy();
  }
}

type Session = Awaited<ReturnType<Ort["InferenceSession"]["create"]>>;

const ports = (metadata: Session["inputMetadata"]): Port[] =>
  metadata.map((port) => ({
    name: port.name,
    dims: port.isTensor ? port.shape.map((size) => (typeof size === "number" ? size : -1)) : [],
  }));

class OrtModel implements Model {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  private released: Promise<void> | undefined;

  constructor(
    private readonly ort: Ort,
    private readonly session: Session,
    private readonly watch: DeviceWatch,
    private readonly label: string,
  ) {
    this.inputs = ports(session.inputMetadata);
    this.outputs = ports(session.outputMetadata);
  }

  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    return exclusively(async () => {
      try {
        return await this.watch.guard(() => this.runSession(feeds));
      } catch (error) {
        throw toEngineError(error, "internal/bug", `running ${this.label}`);
      }
    });
  }

  private async runSession(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const given = Object.entries(feeds).map(([name, tensor]) => [name, this.feed(name, tensor)] as const);
    const results = await this.session.run(Object.fromEntries(given));
    const outputs: Record<string, Tensor> = {};
    for (const [name, result] of Object.entries(results)) {
      const data = await result.getData(true);
      outputs[name] = {
        data: toFloats(data, result.type),
        dims: result.dims,
      };
    }
    return outputs;
  }

  private feed(name: string, { data, dims }: Tensor) {
    const port = this.session.inputMetadata.find((metadata) => metadata.name === name);
    const type = port?.isTensor ? port.type : "float32";
    if (type === "float16") return new this.ort.Tensor("float16", toHalves(data), dims);
    if (type === "uint8") return new this.ort.Tensor("uint8", Uint8ClampedArray.from(data), dims);
    return new this.ort.Tensor("float32", data, dims);
  }

  release(): Promise<void> {
    this.released ??= exclusively(() => this.session.release());
    return this.released;
  }
}

class OrtRuntime implements Runtime {
  private readonly models = new Set<Model>();

  constructor(
    private readonly ort: Ort,
    private readonly watch: DeviceWatch,
    private readonly gpuOnly: boolean,
    readonly backend: Backend,
    readonly adapter: string,
    readonly threads: number,
  ) {}

  get device(): GPUDevice | undefined {
    return this.watch.device;
  }

  async load(name: ModelName): Promise<Model> {
    return this.create(await loadAsset(name), name, "model/load");
  }

  loadBytes(bytes: Uint8Array, label: string): Promise<Model> {
    return this.create(bytes, label, "model/unsupported");
  }

  loadAsset(name: AssetName): Promise<Uint8Array<ArrayBuffer>> {
    return loadAsset(name);
  }

  async dispose(): Promise<void> {
    if (!this.watch.isLost) for (const model of this.models) await model.release();
    this.models.clear();
    this.watch.close();
  }

  private create(bytes: Uint8Array, label: string, code: "model/load" | "model/unsupported"): Promise<Model> {
    const { device } = this.watch;
    return exclusively(async () => {
      try {
        const session = await this.watch.guard(() =>
          this.ort.InferenceSession.create(bytes, {
            executionProviders: [device === undefined ? { name: "wasm" } : { name: "webgpu", device }],
            graphOptimizationLevel: "all",
            ...(this.gpuOnly ? { extra: { session: { disable_cpu_ep_fallback: "1" } } } : {}),
          }),
        );
        const model = new OrtModel(this.ort, session, this.watch, label);
        this.models.add(model);
        return model;
      } catch (error) {
        throw toEngineError(error, code, `The model ${label} could not be opened on ${this.adapter}`);
      }
    });
  }
}

/**
 * Opens the backend that the probe chooses, or the one asked for.
 * @throws EngineError `device/backend` when WebGPU is asked for and the machine has no adapter or refuses a device,
 * `device/unsupported` when this thread cannot run WebAssembly;
 * `device/lost` when it is asked for in a thread that has lost a device (a new worker can have it);
 * `model/load` when onnxruntime itself cannot be downloaded.
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  requireWasm();
  const choice = await probeBackend(options.backend);
  if (options.backend !== undefined && choice.backend !== options.backend) {
    throw new EngineError(
      "device/backend",
      `${choice.reason} Choose the WebAssembly backend or a browser with WebGPU.`,
    );
  }
  const { backend } = choice;
  let device: GPUDevice | undefined;
  if (backend === "webgpu" && lostHere) {
    if (options.backend === undefined) return createRuntime({ ...options, backend: "wasm" });
    throw lostHere;
  }
  if (backend === "webgpu") {
    try {
      device = await requestDevice((await findGpu())!.adapter);
    } catch (error) {
      if (options.backend === undefined) return createRuntime({ ...options, backend: "wasm" });
      throw toEngineError(
        error,
        "device/backend",
        `The graphics device of ${choice.adapter} could not be opened`,
      );
    }
  }
  let ort: Ort;
  try {
    ort = await loadOrt(backend, options.threads ?? choice.threads);
  } catch (error) {
    throw new EngineError(
      "model/load",
      "The inference engine could not be downloaded. Check the connection and reload the page.",
      { cause: error },
    );
  }
  const threads = ort.env.wasm.numThreads ?? 1;
  const adapter = device === undefined ? describeWasm(threads) : choice.adapter;
  const watch = new DeviceWatch(device, options.onLost);
  return new OrtRuntime(ort, watch, options.gpuOnly ?? false, backend, adapter, threads);
}
