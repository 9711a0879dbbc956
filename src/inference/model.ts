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
   * @throws EngineError `device/lost`, also when there is no answer; `device/memory`; for feeds that do not fit or an
   * operator that is refused `internal/bug`, of a model that the user brought `model/unsupported`.
   */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** Frees its memory; the model cannot run afterwards. Harmless when it was done before. */
  release(): Promise<void>;
}
