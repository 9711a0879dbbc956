/** Name of the messages between a worker and the page that keeps its workers. */
const KEEP = "dudak-workers";

type Order =
  | {
      readonly id: number;
      readonly kind: "start";
      readonly script: string | Blob;
      readonly options: WorkerOptions;
    }
  | { readonly id: number; readonly kind: "post"; readonly data: unknown }
  | { readonly id: number; readonly kind: "end" };

type ChildReport =
  | { readonly id: number; readonly kind: "message"; readonly data: unknown }
  | { readonly id: number; readonly kind: "error"; readonly message: string };

/** What can be handed on with a message that is passed on, instead of copied: buffers that lie in it or one level deeper. */
function buffersIn(data: unknown, depth = 2): ArrayBuffer[] {
  if (data instanceof ArrayBuffer) return [data];
  if (ArrayBuffer.isView(data)) return data.buffer instanceof ArrayBuffer ? [data.buffer] : [];
  if (depth === 0 || typeof data !== "object" || data === null) return [];
  return [...new Set(Object.values(data).flatMap((value) => buffersIn(value, depth - 1)))];
}

/**
 * Whether workers must not start workers by themselves. Firefox (153 on Linux) now and then never comes back from
 * `new Worker` in a worker, the sooner the busier the machine is: at the 1st to 195th call, in 8 of 8 trials; on a page
 * not once in 1200 calls.
 */
export function mustAskPage(): boolean {
  return navigator.userAgent.includes("Firefox/");
}

/**
 * In a worker: from now on the page starts the workers of this thread, and passes their messages on; code that starts
 * workers sees no difference. Needs {@link keepWorkersOf} on the page. Scripts of other origins are started from here.
 */
export function startWorkersOnPage(): void {
  const scope = globalThis as unknown as { Worker: typeof Worker };
  const Native = scope.Worker;
  const order = (given: Order, transfer: Transferable[] = []) =>
    globalThis.postMessage({ [KEEP]: given }, { transfer });

  // An address may be revoked before the page learns of it.
  const scripts = new Map<string, Blob>();
  const create = URL.createObjectURL.bind(URL);
  const revoke = URL.revokeObjectURL.bind(URL);
  URL.createObjectURL = (object) => {
    const url = create(object);
    if (object instanceof Blob && object.type.includes("javascript")) scripts.set(url, object);
    return url;
  };
  URL.revokeObjectURL = (url) => {
    scripts.delete(url);
    revoke(url);
  };

  let last = 0;
  const kept = new Map<number, PageWorker>();

  class PageWorker extends EventTarget {
    onmessage: ((event: MessageEvent) => void) | null = null;
    onerror: ((event: ErrorEvent) => void) | null = null;
    readonly #id = ++last;

    constructor(url: string | URL, options: WorkerOptions = {}) {
      super();
      const { href, origin } = new URL(url, location.href);
      if (origin !== location.origin) return new Native(url, options) as unknown as PageWorker;
      const { type, name } = options;
      kept.set(this.#id, this);
      const given = { ...(type ? { type } : {}), ...(name ? { name } : {}) };
      order({ id: this.#id, kind: "start", script: scripts.get(href) ?? href, options: given });
    }

    postMessage(data: unknown, given: Transferable[] | StructuredSerializeOptions = []): void {
      if (!kept.has(this.#id)) return;
      order({ id: this.#id, kind: "post", data }, Array.isArray(given) ? given : (given.transfer ?? []));
    }

    terminate(): void {
      if (kept.delete(this.#id)) order({ id: this.#id, kind: "end" });
    }
  }

  globalThis.addEventListener("message", ({ data }: MessageEvent<Record<string, ChildReport> | null>) => {
    const report = data?.[KEEP];
    const worker = report && kept.get(report.id);
    if (!worker) return;
    if (report.kind === "message") {
      const event = new MessageEvent("message", { data: report.data });
      worker.onmessage?.(event);
      worker.dispatchEvent(event);
    } else {
      const event = new ErrorEvent("error", { message: report.message, cancelable: true });
      worker.onerror?.(event);
      worker.dispatchEvent(event);
    }
  });
  scope.Worker = PageWorker as unknown as typeof Worker;
}

/**
 * On a page: starts the workers that another worker asks for, and passes messages between them.
 * @returns ends them all.
 */
export function keepWorkersOf(owner: Worker): () => void {
  const kept = new Map<number, Worker>();
  let ended = false;
  const tell = (report: ChildReport, transfer: Transferable[] = []) =>
    owner.postMessage({ [KEEP]: report }, transfer);

  const start = (id: number, script: string | Blob, options: WorkerOptions) => {
    const url = script instanceof Blob ? URL.createObjectURL(script) : script;
    const worker = new Worker(url, options);
    if (script instanceof Blob) URL.revokeObjectURL(url);
    kept.set(id, worker);
    worker.addEventListener("message", ({ data }: MessageEvent<unknown>) =>
      tell({ id, kind: "message", data }, buffersIn(data)),
    );
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      tell({ id, kind: "error", message: event.message ?? "" });
    });
  };

  owner.addEventListener("message", ({ data }: MessageEvent<Record<string, Order> | null>) => {
    const order = data?.[KEEP];
    if (!order || ended) return;
    const { id } = order;
    if (order.kind === "post") kept.get(id)?.postMessage(order.data, buffersIn(order.data));
    else if (order.kind === "end") {
      kept.get(id)?.terminate();
      kept.delete(id);
    } else {
      try {
        start(id, order.script, order.options);
      } catch (error) {
        tell({ id, kind: "error", message: error instanceof Error ? error.message : String(error) });
      }
    }
  });
  return () => {
    ended = true;
    for (const worker of kept.values()) worker.terminate();
    kept.clear();
  };
}
