import type { Backend } from "../../job/job.ts";
import { toEngineError } from "../../job/errors.ts";
import { transfer } from "../../worker-rpc/rpc.ts";
import type { SoundtrackSettings } from "../../worker-rpc/sound-api.ts";
import type { Workers } from "../workers/workers.ts";

/** What is done with a port; the signal is aborted, too, when the worker that serves on it is gone. */
type PortWork<T> = (port: MessagePort, whileThere: AbortSignal) => Promise<T>;

/**
 * Lets a worker serve another one on a port.
 * @param serve has it serve until `wanted` is aborted at the latest.
 * @throws EngineError that of `work`, or what ended the worker that serves.
 */
async function withServed<T>(
  signal: AbortSignal,
  serve: (port: MessagePort, wanted: AbortSignal) => Promise<void>,
  work: PortWork<T>,
): Promise<T> {
  const { port1, port2 } = new MessageChannel();
  const there = new AbortController();
  const wanted = new AbortController();
  const stop = () => there.abort();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const gone = new Promise<never>((_resolve, reject) => {
      serve(port1, wanted.signal).catch((error: unknown) => {
        stop();
        reject(toEngineError(error));
      });
    });
    return await Promise.race([gone, work(port2, there.signal)]);
  } finally {
    signal.removeEventListener("abort", stop);
    wanted.abort();
  }
}

/** Lets the inference worker find faces for another one. */
export function withFaceReader<T>(
  workers: Workers,
  backend: Backend | undefined,
  signal: AbortSignal,
  work: PortWork<T>,
): Promise<T> {
  return withServed(signal, (port) => workers.inference(backend).serveFaces(transfer(port, [port])), work);
}

/** Lets the sound worker encode an output's sound for another one. */
export function withSoundtrack<T>(
  workers: Workers,
  settings: SoundtrackSettings,
  signal: AbortSignal,
  work: PortWork<T>,
): Promise<T> {
  return withServed(
    signal,
    (port, wanted) => workers.sound().serveSoundtrack(settings, transfer(port, [port]), wanted),
    work,
  );
}
