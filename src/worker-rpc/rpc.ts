import * as Comlink from "comlink";
import { CallsUnderWay } from "../core/calls-under-way.ts";
import { EngineError, fromPlainError, toEngineError, type PlainError } from "../job/errors.ts";
import { randomId } from "../core/random.ts";
import { relayRequests, reportRequests } from "../core/browser/traffic.ts";
import { keepWorkersOf, mustAskPage, startWorkersOnPage } from "./page-workers.ts";

interface WireError extends PlainError {
  readonly stack: string;
}

function isWireError(value: unknown): value is WireError {
  return typeof value === "object" && value !== null && "code" in value && "message" in value;
}

/**
 * Teaches comlink to carry {@link EngineError}s with their codes and details, and `AbortSignal`s across threads.
 * comlink by itself loses an error's class and code.
 */
function registerTransferHandlers(): void {
  const original = Comlink.transferHandlers.get("throw")!;
  Comlink.transferHandlers.set("throw", {
    canHandle: original.canHandle,
    serialize(thrown: unknown) {
      const error = toEngineError((thrown as { value: unknown }).value);
      const { code, message, stack = "", details } = error;
      const wire: WireError = { code, message, stack, details };
      return [wire, []];
    },
    deserialize(wire: unknown): never {
      if (!isWireError(wire)) throw new EngineError("internal/bug", "A worker failed without saying why.");
      const error = fromPlainError(wire);
      error.stack = wire.stack;
      throw error;
    },
  });
  Comlink.transferHandlers.set("abort-signal", {
    canHandle: (value: unknown): value is AbortSignal => value instanceof AbortSignal,
    serialize(signal: AbortSignal) {
      const { port1, port2 } = new MessageChannel();
      if (signal.aborted) port1.postMessage(0);
      else signal.addEventListener("abort", () => port1.postMessage(0), { once: true });
      return [port2, [port2]];
    },
    deserialize(port: MessagePort) {
      const controller = new AbortController();
      port.onmessage = () => controller.abort();
      return controller.signal;
    },
  });
}

registerTransferHandlers();

/** Name of the message in which a worker tells the lock that it holds as long as it lives. */
const LIFE = "dudak-life";

/** Browsers end a worker without a word (for want of memory, for instance), but then they free its locks. */
function holdLifeLock(): void {
  const { locks } = navigator as { readonly locks?: LockManager };
  const name = `${LIFE}-${randomId()}`;
  locks
    ?.request(name, () => {
      globalThis.postMessage({ [LIFE]: name });
      return new Promise(() => undefined);
    })
    .catch(() => undefined);
}

/** Stands in a worker's global scope once it serves. */
const SERVING = "dudak-serving";

/**
 * Serves `api` to whoever started this worker; what is called first in a worker counts. WebKit evaluates a worker's
 * first script again when a bundler let another one import from it, and both would answer every message.
 */
export function serve(api: object): void {
  if (SERVING in globalThis) return;
  Object.assign(globalThis, { [SERVING]: true });
  reportRequests();
  if (mustAskPage()) startWorkersOnPage();
  Comlink.expose(api);
  holdLifeLock();
}

/** Marks a callback so that the other thread can call it. */
export function proxy<F extends (...args: never[]) => void>(listener: F): F {
  return Comlink.proxy(listener);
}

/** Hands `buffers` over with `value` instead of copying them. */
export function transfer<T extends object>(value: T, buffers: Transferable[]): T {
  return Comlink.transfer(value, buffers);
}

/** A worker's functions as seen from this thread. */
export type RemoteApi<Api> = {
  [Name in keyof Api]: Api[Name] extends (...args: infer Args) => Promise<infer Result>
    ? (...args: Args) => Promise<Result>
    : never;
};

/** A running worker and a way to stop it. */
export interface WorkerConnection<Api> {
  readonly api: RemoteApi<Api>;
  /** Stops the worker at once; calls under way reject with `code`. */
  terminate(error?: EngineError): void;
  /** Whether the worker died or was stopped. */
  readonly dead: boolean;
}

/** An api whose every call goes through `call`. */
function forwarding<Api>(call: (name: string, args: unknown[]) => Promise<unknown>): RemoteApi<Api> {
  return new Proxy({} as RemoteApi<Api>, {
    get(_target, property) {
      if (typeof property !== "string" || property === "then") return undefined;
      return (...args: unknown[]) => call(property, args);
    },
  });
}

/** A connection to nothing: every call rejects with `error`. */
export function noConnection<Api extends object>(error: EngineError): WorkerConnection<Api> {
  return { api: forwarding(() => Promise.reject(error)), terminate: () => undefined, dead: true };
}

/**
 * Connects to a worker. Unlike bare comlink, every call under way is rejected when the worker dies, `device/lost` when
 * the browser ended it, so that nothing waits for ever.
 * @param whenMissing the sentence of a `model/load` error when the worker's script does not load.
 */
export function connect<Api extends object>(
  worker: Worker,
  name: string,
  whenMissing: string,
): WorkerConnection<Api> {
  const remote = Comlink.wrap<Api>(worker) as unknown as Record<
    string,
    (...args: unknown[]) => Promise<unknown>
  >;
  const calls = new CallsUnderWay();
  let dead = false;
  let spoke = false;
  const watching = new AbortController();
  const endWorkers = keepWorkersOf(worker);
  const die = (error: EngineError) => {
    if (dead) return;
    dead = true;
    watching.abort();
    worker.terminate();
    endWorkers();
    calls.end(error);
  };
  const dieSilently = () =>
    die(
      new EngineError(
        "device/lost",
        `The browser ended the engine's ${name} worker, most likely for want of memory. Start the job again; close other tabs or choose 480p if it happens once more.`,
      ),
    );
  relayRequests(worker);
  worker.addEventListener("message", ({ data }: MessageEvent<Record<string, string> | null>) => {
    spoke = true;
    const life = data?.[LIFE];
    if (life) navigator.locks.request(life, watching, dieSilently).catch(() => undefined);
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    if (spoke && !event.message) {
      dieSilently();
      return;
    }
    if (!event.message) {
      die(new EngineError("model/load", whenMissing));
      return;
    }
    die(toEngineError(new Error(event.message), "internal/bug", `The ${name} worker stopped`));
  });
  const api = forwarding<Api>((property, args) => {
    if (dead) return Promise.reject(new EngineError("internal/bug", `The ${name} worker is not running.`));
    return calls.add(remote[property]!(...args));
  });
  return {
    api,
    terminate: (error) => die(error ?? new EngineError("job/cancelled", "The job was cancelled.")),
    get dead() {
      return dead;
    },
  };
}

/** What ends {@link servePort}. */
const CLOSED = "dudak-closed";

/** Serves `api` on a port that leads to another worker. @returns resolves when that one has closed its end. */
export function servePort(api: object, port: MessagePort): Promise<void> {
  Comlink.expose(api, port);
  return new Promise((resolve) => {
    port.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (data !== CLOSED) return;
      port.close();
      resolve();
    });
  });
}

/** The functions that another worker serves on a port. */
export interface PortConnection<Api> {
  readonly api: RemoteApi<Api>;
  close(): void;
}

/**
 * Calls what {@link servePort} serves.
 * @param signal its abort ends calls under way: who serves may be gone, of which a port does not tell.
 */
export function connectPort<Api extends object>(port: MessagePort, signal: AbortSignal): PortConnection<Api> {
  const remote = Comlink.wrap<Api>(port) as unknown as Record<
    string,
    (...args: unknown[]) => Promise<unknown>
  >;
  const calls = new CallsUnderWay();
  const cancelled = () => new EngineError("job/cancelled", "The job was cancelled.");
  const stop = () => {
    calls.end(cancelled());
  };
  signal.addEventListener("abort", stop, { once: true });
  return {
    api: forwarding<Api>((name, args) =>
      signal.aborted ? Promise.reject(cancelled()) : calls.add(remote[name]!(...args)),
    ),
    close() {
      signal.removeEventListener("abort", stop);
      port.postMessage(CLOSED);
      port.close();
    },
  };
}
