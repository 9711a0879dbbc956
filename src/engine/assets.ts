import { EngineError } from "../job/errors.ts";
import { VERSION } from "../core/version.ts";

/** Settings of a page; see {@link configureDudak}. */
export interface DudakSettings {
  /**
   * Folder that holds a copy of the package's `lib/assets`: workers, models, wasm and ffmpeg are loaded from there.
   * An address relative to the document, or on another origin that allows cross-origin requests (CORS);
   * null goes back to what lies beside the script.
   */
  readonly assetsUrl?: string | URL | null;
}

let assetsUrl: URL | undefined;

/**
 * Says where the engine's files come from; call it before the first job. Without it they lie where the package's own
 * files are, or where the bundler put them. Models and other data are verified by SHA-256 wherever they come from;
 * scripts and WebAssembly are not, so the folder must be one that you trust as your own.
 * @throws EngineError `input/field` when `assetsUrl` is no http(s) address.
 * @example
 * configureDudak({ assetsUrl: "/vendor/dudak/" });
 */
export function configureDudak(settings: DudakSettings): void {
  if (settings.assetsUrl === undefined) return;
  assetsUrl = settings.assetsUrl === null ? undefined : folderUrl(settings.assetsUrl);
}

function folderUrl(given: string | URL): URL {
  let url: URL | undefined;
  try {
    url = new URL(given, document.baseURI);
  } catch {
    // Told below, with the other addresses that will not do.
  }
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new EngineError(
      "input/field",
      `assetsUrl must be the address of a folder, like "/vendor/dudak/", not "${String(given)}".`,
    );
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

/** One of the engine's workers; its script is `NAME.worker-VERSION.js` in the package's assets. */
export type WorkerName = "inference" | "media" | "sound" | "render" | "view";

/** A worker that starts. */
export interface StartingWorker {
  readonly worker: Worker;
  /** What to say when its script does not load. */
  readonly whenMissing: string;
}

const WHEN_BUNDLED =
  "A part of the engine could not be loaded. Reload the page: its files may have been replaced meanwhile. " +
  "If that does not help, its content security policy may forbid workers; it needs worker-src 'self' blob:.";

/**
 * Starts a worker: from the folder of {@link configureDudak}, or beside this script when that comes from another
 * origin, which browsers refuse to start workers from directly; else as bundled.
 * @throws EngineError `device/unsupported` where the page may start none.
 */
export function startWorker(name: WorkerName, bundled: () => Worker): StartingWorker {
  const base = assetsUrl?.href ?? (isForeign(import.meta.url) ? import.meta.url : undefined);
  try {
    if (base === undefined) return { worker: bundled(), whenMissing: WHEN_BUNDLED };
    const { href } = new URL(`${name}.worker-${VERSION}.js`, base);
    const script = isForeign(href) ? foreignScript(href) : href;
    return {
      worker: new Worker(script, { type: "module", name: `dudak-${name}` }),
      whenMissing:
        `The engine could not be loaded from ${href}. Copy the folder lib/assets of dudak ${VERSION} there, ` +
        `let its server allow cross-origin requests (CORS) if it is another origin, or call configureDudak({ assetsUrl }).`,
    };
  } catch (error) {
    throw new EngineError(
      "device/unsupported",
      `This page may start no workers (${error instanceof Error ? error.message : String(error)}). ` +
        "Its security policy has to allow them (worker-src 'self' blob:, no require-trusted-types-for), " +
        "and a sandboxed frame needs allow-same-origin.",
      { cause: error },
    );
  }
}

/** Address of the script that runs in the audio thread, beside the workers. */
export function workletUrl(): string {
  const bundled = new URL("./live/tap.worklet.js", import.meta.url).href;
  return assetsUrl ? new URL(`tap.worklet-${VERSION}.js`, assetsUrl).href : bundled;
}

/** Whether an address is of another origin, so that no worker can be started from it. */
function isForeign(url: string): boolean {
  return url.startsWith("http") && new URL(url).origin !== location.origin;
}

/**
 * Lets workers start workers from other origins: a script of our own origin imports the other, and brings this along.
 * Static imports alone, for messages that arrive while a script still waits are lost.
 */
const GUARD = `const Native = self.Worker;
const guard = import.meta.url;
self.Worker = class extends Native {
  constructor(url, options) {
    const { href, origin } = new URL(url, self.location.href);
    const code = "import " + JSON.stringify(guard) + ";import " + JSON.stringify(href) + ";";
    const own = () => URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    super(origin === self.location.origin ? href : own(), options);
  }
};`;

const scripts = new Map<string, string>();

function scriptUrl(code: string): string {
  const known = scripts.get(code) ?? URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  scripts.set(code, known);
  return known;
}

function foreignScript(href: string): string {
  return scriptUrl(`import ${JSON.stringify(scriptUrl(GUARD))};import ${JSON.stringify(href)};`);
}
