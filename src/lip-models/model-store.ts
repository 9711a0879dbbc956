import { EngineError, throwIfCancelled } from "../job/errors.ts";
import { canWritePrivateFiles, openPrivateFile } from "../core/browser/private-file.ts";
import { parseManifest, type ModelManifest } from "./manifest/manifest.ts";
import { MAX_MODEL_BYTES, tooLarge } from "./device-fit.ts";
import { createSha256 } from "../core/sha256.ts";

/** A model that lies in the store. */
export interface StoredModel {
  readonly id: string;
  readonly manifest: ModelManifest;
  readonly bytes: number;
  readonly sha256: string;
  /** Epoch ms. */
  readonly installedAt: number;
  readonly licenceAccepted: boolean;
  /** Pinned models are not deleted. */
  readonly pinned: boolean;
}

/** How far a download or copy has come. */
export interface StoreProgress {
  readonly bytes: number;
  /** Undefined when the server does not tell. */
  readonly totalBytes: number | undefined;
}

/** Options of {@link ModelStore.add} and {@link ModelStore.download}. */
export interface StoreOptions {
  /** Whether the user accepted the licence that the manifest shows. */
  readonly licenceAccepted?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StoreProgress) => void;
}

/** Models in the origin's private file system; nothing is fetched unless {@link ModelStore.download} is called. */
export interface ModelStore {
  /** All whole models, the newest first. */
  list(): Promise<StoredModel[]>;
  /**
   * Keeps a file. A model of the same id is replaced.
   * @throws EngineError `model/licence`, `model/integrity`, `model/unsupported`, `storage/full`, `storage/failed`.
   */
  add(file: Blob, manifest: unknown, options?: StoreOptions): Promise<StoredModel>;
  /**
   * Fetches the file of a manifest with a URL. A download that broke off goes on where it stopped when the server
   * allows it and its file is unchanged.
   * @throws EngineError as {@link ModelStore.add}; `model/load` when the server fails, `job/cancelled`.
   */
  download(manifest: unknown, options?: StoreOptions): Promise<StoredModel>;
  /** The file, manifest and licence decision. @throws EngineError `model/load` when it is not there. */
  open(id: string): Promise<{ file: File; manifest: ModelManifest; licenceAccepted: boolean }>;
  /** Keeps a model from being deleted, or lets it go. @throws EngineError `model/load`. */
  pin(id: string, pinned: boolean): Promise<void>;
  /** Removes a model, or what is left of its download. @throws EngineError `storage/failed` when it is pinned. */
  delete(id: string): Promise<void>;
}

/** What is known of a download that has begun. */
interface Partial {
  readonly url: string;
  /** ETag or date by which the server names this version of the file. */
  readonly version: string;
  readonly totalBytes: number | undefined;
}

/** Pieces in which files are written; what a broken download loses at most. */
const PIECE = 16 * 1024 ** 2;
const RECORD = "model.json";
const PARTIAL = "download.json";
const pieceName = (index: number) => `piece-${String(index).padStart(4, "0")}`;

/**
 * Opens the store.
 * @param folder of the private file system.
 * @throws EngineError `storage/failed` where the browser has no private file system.
 */
export async function createModelStore(folder = "dudak-models"): Promise<ModelStore> {
  const root = await guarded("Opening the model store", async () =>
    (await navigator.storage.getDirectory()).getDirectoryHandle(folder, { create: true }),
  );
  const dirOf = async (id: string, create = false) => {
    try {
      return await root.getDirectoryHandle(id, { create });
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotFoundError") return undefined;
      throw error;
    }
  };
  const record = async (id: string) => {
    const dir = await dirOf(id);
    return dir && readJson<StoredModel>(dir, RECORD);
  };
  const mustHave = async (id: string) => {
    const found = await record(id);
    if (found) return found;
    throw new EngineError(
      "model/load",
      `There is no model "${id}" in the store. Add its file or download it first.`,
    );
  };

  async function store(
    given: unknown,
    options: StoreOptions,
    fetchPieces: (dir: FileSystemDirectoryHandle, manifest: ModelManifest) => Promise<void>,
  ): Promise<StoredModel> {
    const manifest = parseManifest(given);
    checkLicence(manifest, options.licenceAccepted ?? false);
    if ((await record(manifest.id))?.pinned) throw pinnedError(manifest.id);
    return guarded("Storing the model", async () => {
      const dir = (await dirOf(manifest.id, true))!;
      await remove(dir, RECORD);
      await fetchPieces(dir, manifest);
      const { bytes, sha256 } = await hashPieces(dir, options.signal);
      const { file } = manifest;
      if ((file?.sha256 ?? sha256) !== sha256 || (file?.bytes ?? bytes) !== bytes) {
        await root.removeEntry(manifest.id, { recursive: true });
        throw new EngineError(
          "model/integrity",
          `The file of ${manifest.name} is not the expected one (${bytes} bytes, SHA-256 ${sha256.slice(0, 12)}…). It was removed; download it again or correct the manifest.`,
        );
      }
      const stored: StoredModel = {
        id: manifest.id,
        manifest,
        bytes,
        sha256,
        installedAt: Date.now(),
        licenceAccepted: options.licenceAccepted ?? false,
        pinned: false,
      };
      await remove(dir, PARTIAL);
      await writeFile(dir, RECORD, JSON.stringify(stored));
      return stored;
    });
  }

  return {
    async list() {
      const models: StoredModel[] = [];
      for await (const [id] of root.entries()) {
        const found = await record(id);
        if (found) models.push(found);
      }
      return models.sort((a, b) => b.installedAt - a.installedAt);
    },

    add(file, manifest, options = {}) {
      if (file.size > MAX_MODEL_BYTES) return Promise.reject(tooLarge(file.size));
      return store(manifest, options, async (dir) => {
        await clearPieces(dir, 0);
        await writePieces(dir, file.stream(), 0, file.size, options);
      });
    },

    download(manifest, options = {}) {
      return store(manifest, options, (dir, { file, name }) => {
        if (!file?.url) {
          throw new EngineError(
            "model/load",
            `The manifest of ${name} names no address to download from; add the file.`,
          );
        }
        return resume(dir, file.url, options);
      });
    },

    async open(id) {
      const { manifest, licenceAccepted } = await mustHave(id);
      const dir = (await dirOf(id))!;
      const file = new File(await pieces(dir), manifest.file?.name ?? `${id}.onnx`);
      return { file, manifest, licenceAccepted };
    },

    async pin(id, pinned) {
      const found = await mustHave(id);
      const dir = (await dirOf(id))!;
      await guarded("Pinning the model", () => writeFile(dir, RECORD, JSON.stringify({ ...found, pinned })));
    },

    async delete(id) {
      if ((await record(id))?.pinned) throw pinnedError(id);
      if (await dirOf(id)) {
        await guarded("Deleting the model", () => root.removeEntry(id, { recursive: true }));
      }
    },
  };
}

function pinnedError(id: string): EngineError {
  return new EngineError("storage/failed", `The model "${id}" is pinned. Unpin it first.`);
}

function checkLicence({ licence, name }: ModelManifest, accepted: boolean): void {
  if (!licence.acceptanceRequired || accepted) return;
  throw new EngineError(
    "model/licence",
    `${name}: ${licence.text} Accept the licence (${licence.name}) to keep this model.`,
  );
}

async function guarded<T>(tried: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EngineError) throw error;
    const { name, message } = error as Error;
    if (name === "AbortError")
      throw new EngineError("job/cancelled", "The download was cancelled.", { cause: error });
    const full = name === "QuotaExceededError";
    throw new EngineError(
      full ? "storage/full" : "storage/failed",
      full
        ? `${tried} failed because there is no storage left. Delete other models and try again.`
        : `${tried} failed: ${message}`,
      { cause: error },
    );
  }
}

async function readJson<T>(dir: FileSystemDirectoryHandle, name: string): Promise<T | undefined> {
  try {
    return JSON.parse(await (await (await dir.getFileHandle(name)).getFile()).text()) as T;
  } catch {
    return undefined;
  }
}

async function writeFile(
  dir: FileSystemDirectoryHandle,
  name: string,
  content: string | Blob,
): Promise<void> {
  if (!canWritePrivateFiles()) {
    throw new EngineError(
      "storage/failed",
      "This browser cannot keep models. Use Safari 26 or newer, or a current Chrome, Edge or Firefox.",
    );
  }
  const writable = await openPrivateFile(dir, name);
  await writable.write(content);
  await writable.close();
}

async function remove(dir: FileSystemDirectoryHandle, name: string): Promise<void> {
  await dir.removeEntry(name).catch(() => undefined);
}

/** The written pieces in order. */
async function pieces(dir: FileSystemDirectoryHandle): Promise<File[]> {
  const names: string[] = [];
  for await (const [name] of dir.entries()) if (name.startsWith("piece-")) names.push(name);
  return Promise.all(names.sort().map(async (name) => (await dir.getFileHandle(name)).getFile()));
}

async function clearPieces(dir: FileSystemDirectoryHandle, from: number): Promise<void> {
  for (const file of (await pieces(dir)).slice(from)) await remove(dir, file.name);
}

/** Hashes what was written, as it lies on the disk. */
async function hashPieces(dir: FileSystemDirectoryHandle, signal: AbortSignal | undefined) {
  const hash = createSha256();
  let bytes = 0;
  for (const file of await pieces(dir)) {
    throwIfCancelled(signal);
    hash.add(new Uint8Array(await file.arrayBuffer()));
    bytes += file.size;
  }
  return { bytes, sha256: hash.hex() };
}

/** Writes a stream as pieces from number `first` on; each is whole or absent. */
async function writePieces(
  dir: FileSystemDirectoryHandle,
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  first: number,
  totalBytes: number | undefined,
  { signal, onProgress }: StoreOptions,
): Promise<void> {
  const reader = stream.getReader();
  let bytes = first * PIECE;
  let index = first;
  let held: Uint8Array<ArrayBuffer>[] = [];
  let heldBytes = 0;
  const flush = async (length: number) => {
    const all = new Blob(held);
    await writeFile(dir, pieceName(index++), all.slice(0, length));
    const rest = new Uint8Array(await all.slice(length).arrayBuffer());
    held = rest.length > 0 ? [rest] : [];
    heldBytes = rest.length;
  };
  try {
    for (;;) {
      throwIfCancelled(signal);
      const { done, value } = await reader.read();
      if (done) break;
      held.push(value);
      heldBytes += value.length;
      bytes += value.length;
      if (bytes > MAX_MODEL_BYTES) throw tooLarge(bytes);
      while (heldBytes >= PIECE) await flush(PIECE);
      onProgress?.({ bytes, totalBytes });
    }
    if (heldBytes > 0) await flush(heldBytes);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Fetches a file, going on after the whole pieces of an earlier attempt when the server still has the same file. */
async function resume(dir: FileSystemDirectoryHandle, url: string, options: StoreOptions): Promise<void> {
  const before = await readJson<Partial>(dir, PARTIAL);
  const kept =
    before?.url === url && before.version !== ""
      ? (await pieces(dir)).filter(({ size }) => size === PIECE).length
      : 0;
  const headers: HeadersInit =
    kept > 0 ? { Range: `bytes=${kept * PIECE}-`, "If-Range": before!.version } : {};
  let response: Response;
  try {
    response = await fetch(url, { headers, ...(options.signal ? { signal: options.signal } : {}) });
  } catch (cause) {
    throwIfCancelled(options.signal);
    throw new EngineError(
      "model/load",
      `The model could not be fetched from ${url}: the server did not answer, or the page's security policy or CORS forbids it. Download the file yourself and add it.`,
      { cause },
    );
  }
  if (!response.ok || !response.body || response.headers.get("content-type")?.startsWith("text/html")) {
    throw new EngineError(
      "model/load",
      `The model is not at ${url} (status ${response.status}). Check the address.`,
    );
  }
  const goesOn = response.status === 206 && kept > 0;
  const first = goesOn ? kept : 0;
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  const totalBytes = Number.isFinite(length) && length > 0 ? length + first * PIECE : undefined;
  if (totalBytes !== undefined && totalBytes > MAX_MODEL_BYTES) throw tooLarge(totalBytes);
  await clearPieces(dir, first);
  // A weak tag names no exact bytes, so it cannot say that the rest belongs to the beginning.
  const tag = response.headers.get("etag") ?? "W/";
  const version = tag.startsWith("W/") ? (response.headers.get("last-modified") ?? "") : tag;
  await writeFile(dir, PARTIAL, JSON.stringify({ url, version, totalBytes } satisfies Partial));
  try {
    await writePieces(dir, response.body, first, totalBytes, options);
  } catch (error) {
    if (error instanceof EngineError || (error as Error).name === "AbortError") throw error;
    if (error instanceof DOMException) throw error;
    throw new EngineError(
      "model/load",
      `The download from ${url} broke off. Start it again; it goes on where it stopped.`,
      {
        cause: error,
      },
    );
  }
}
