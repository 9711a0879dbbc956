import { EngineError } from "../job/errors.ts";
import { sha256Hex } from "../core/sha256.ts";
import { ASSETS, type AssetName } from "./model-registry.ts";

/** Whether a server answered with a page of its own in the place of a missing file. */
const isPage = (response: Response) => response.headers.get("content-type")?.startsWith("text/html") ?? false;

/**
 * Checks that bytes are the expected ones, by length and SHA-256.
 * @throws EngineError `model/integrity` when they are others.
 */
export async function verify(
  label: string,
  bytes: Uint8Array<ArrayBuffer>,
  expected: { readonly bytes: number; readonly sha256: string },
): Promise<void> {
  const actual = bytes.length === expected.bytes ? await sha256Hex(bytes) : `${bytes.length} bytes`;
  if (actual === expected.sha256) return;
  throw new EngineError(
    "model/integrity",
    `The file ${label} is not the expected one (${actual}, expected ${expected.bytes} bytes with SHA-256 ` +
      `${expected.sha256.slice(0, 12)}…). Reload without the cache; on your own server run npm run models again.`,
  );
}

/**
 * Fetches a file that ships with the project and verifies it; the caller owns the bytes.
 * @throws EngineError `model/load` when it cannot be fetched, `model/integrity` when it is another file.
 */
export async function loadAsset(name: AssetName): Promise<Uint8Array<ArrayBuffer>> {
  const asset = ASSETS[name];
  let response: Response;
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    response = await fetch(asset.url);
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new EngineError(
      "model/load",
      `The file ${name} could not be downloaded from ${asset.url}. Check the connection and try again.`,
      { cause },
    );
  }
  if (!response.ok || isPage(response)) {
    throw new EngineError(
      "model/load",
      `The file ${name} is not at ${asset.url} (status ${response.status}). ` +
        `Try again; on your own server run npm run models first.`,
    );
  }
  await verify(name, bytes, asset);
  return bytes;
}
