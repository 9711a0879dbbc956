/// <reference types="@webgpu/types" />
import { CallsUnderWay } from "../core/calls-under-way.ts";
import { EngineError } from "../job/errors.ts";

/** What a {@link DeviceWatch} watches and whom it tells. */
export interface WatchOptions {
  /** Undefined where the processor computes. */
  readonly device: GPUDevice | undefined;
  /** How the user knows the device. */
  readonly adapter: string;
  /** Seconds after which work on the device counts as never answered; a machine's sleep does not count. */
  readonly answerSeconds: number;
  /** Told once when the device is lost. */
  readonly onLost?: ((error: EngineError) => void) | undefined;
}

const lostError = (info: GPUDeviceLostInfo) =>
  new EngineError(
    "device/lost",
    `The graphics device was lost (${info.message || info.reason}). Start the job again; ` +
      `if it happens once more choose the WebAssembly backend.`,
  );

const silentError = ({ adapter, answerSeconds }: WatchOptions) =>
  new EngineError(
    "device/lost",
    `The graphics device ${adapter} did not answer within ${answerSeconds} s. Start the job again; ` +
      `if it happens once more choose the WebAssembly backend.`,
  );

/**
 * The first device that this thread lost. onnxruntime's WebGPU heap is not sound after a loss in mid-run (seen:
 * garbled messages, then a busy loop), nor while a run never answers, so this thread never touches that backend again;
 * a new worker can.
 */
let lostHere: EngineError | undefined;

/** Why this thread can no longer use WebGPU, undefined while it can. */
export const lostInThisThread = (): EngineError | undefined => lostHere;

/** Watches a device; `guard` makes work that would hang on a lost or stuck device fail instead. */
export class DeviceWatch {
  readonly device: GPUDevice | undefined;
  private readonly calls = new CallsUnderWay();
  private error: EngineError | undefined;
  private closing = false;

  constructor(private readonly options: WatchOptions) {
    this.device = options.device;
    void this.device?.lost.then((info) => {
      this.lose(lostError(info));
    });
  }

  /** Does work with the device. @throws EngineError `device/lost`, and whatever the work throws. */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    if (this.error !== undefined) throw this.error;
    const ticking = this.device === undefined ? undefined : this.countSeconds();
    try {
      return await this.calls.add(work());
    } catch (error) {
      // A failure that a loss caused can surface before the loss is reported.
      await Promise.resolve();
      throw this.error ?? error;
    } finally {
      clearInterval(ticking);
    }
  }

  get isLost(): boolean {
    return this.error !== undefined;
  }

  close(): void {
    this.closing = true;
    this.device?.destroy();
  }

  private lose(error: EngineError): void {
    if (this.closing || this.error !== undefined) return;
    this.error = error;
    lostHere ??= error;
    this.calls.end(error);
    this.options.onLost?.(error);
  }

  private countSeconds() {
    let seconds = 0;
    return setInterval(() => {
      seconds++;
      if (seconds < this.options.answerSeconds) return;
      this.lose(silentError(this.options));
      this.device?.destroy();
    }, 1000);
  }
}
