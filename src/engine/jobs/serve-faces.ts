import type { Backend } from "../../job/job.ts";
import { toEngineError } from "../../job/errors.ts";
import { transfer } from "../../worker-rpc/rpc.ts";
import type { Workers } from "../workers/workers.ts";

/**
 * Lets the inference worker find faces for another one.
 * @param work is given the port to it, and a signal that is aborted, too, when the inference worker is gone.
 * @throws EngineError that of `work`, or what ended the inference worker.
 */
export async function withFaceReader<T>(
  workers: Workers,
  backend: Backend | undefined,
  signal: AbortSignal,
  work: (faces: MessagePort, whileThere: AbortSignal) => Promise<T>,
): Promise<T> {
  const { port1, port2 } = new MessageChannel();
  const there = new AbortController();
  const stop = () => there.abort();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const gone = new Promise<never>((_resolve, reject) => {
      workers
        .inference(backend)
        .serveFaces(transfer(port1, [port1]))
        .catch((error: unknown) => {
          stop();
          reject(toEngineError(error));
        });
    });
    return await Promise.race([gone, work(port2, there.signal)]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
