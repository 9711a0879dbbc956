import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertGeometry } from "./face-geometry.ts";
import { CONVERTER_VERSION, convertAttentionMesh, convertDetector, convertMatte } from "./face-models.ts";
import { sha256, type Manifest } from "./manifest.ts";

const MODELS = dirname(dirname(fileURLToPath(import.meta.url)));
/** Folder of the converted files. */
export const BUILT = join(MODELS, "built");
const MANIFESTS = join(MODELS, "face");

const CONVERSIONS: Record<Manifest["conversion"], (bytes: Uint8Array, name: string) => Uint8Array> = {
  detector: convertDetector,
  "attention-mesh": convertAttentionMesh,
  matte: convertMatte,
  geometry: convertGeometry,
};

/** All manifests of the face models, by file name. */
export function readManifests(): { path: string; manifest: Manifest }[] {
  return readdirSync(MANIFESTS)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => {
      const path = join(MANIFESTS, file);
      return { path, manifest: JSON.parse(readFileSync(path, "utf8")) as Manifest };
    });
}

/**
 * The bytes that a manifest names as its source, out of the installed package.
 * @throws Error when the package is missing, has another version, or the bytes are others.
 */
export function readSource({ source }: Manifest, checkHash = true): Uint8Array {
  const require = createRequire(import.meta.url);
  let folder: string;
  try {
    folder = dirname(require.resolve(`${source.package}/package.json`));
  } catch (cause) {
    throw new Error(`${source.package} is not installed: run npm install`, { cause });
  }
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  if (version !== source.version) {
    throw new Error(
      `${source.package} is installed in version ${version}, its manifest is for ${source.version}: run npm ci`,
    );
  }
  const whole = readFileSync(join(folder, source.path));
  const bytes = new Uint8Array(source.range ? whole.subarray(...source.range) : whole);
  if (checkHash && sha256(bytes) !== source.sha256) {
    throw new Error(
      `${source.package}/${source.path} has SHA-256 ${sha256(bytes)}, expected ${source.sha256}`,
    );
  }
  return bytes;
}

/** The converted file of a manifest. */
export function convert(manifest: Manifest, source: Uint8Array): Uint8Array {
  return CONVERSIONS[manifest.conversion](source, manifest.name);
}

/**
 * Writes every missing or outdated file of `models/built/`; files whose hash is already right are left alone.
 * @param update writes the new hashes into the manifests instead of checking against them.
 * @returns the names written.
 * @throws Error on any mismatch, saying which file and what to do.
 */
export function buildFaceModels(update = false): string[] {
  mkdirSync(BUILT, { recursive: true });
  const written: string[] = [];
  for (const { path, manifest } of readManifests()) {
    const target = join(BUILT, manifest.output.file);
    if (!update && existsSync(target) && sha256(readFileSync(target)) === manifest.output.sha256) continue;
    if (!update && manifest.converter !== CONVERTER_VERSION) {
      throw new Error(
        `${manifest.name} was made by converter ${manifest.converter}, this is ${CONVERTER_VERSION}: ` +
          `run the build with --update, check the models, and commit the manifests`,
      );
    }
    const source = readSource(manifest, !update);
    const bytes = convert(manifest, source);
    const output = { file: manifest.output.file, bytes: bytes.length, sha256: sha256(bytes) };
    if (update) {
      const fresh: Manifest = {
        ...manifest,
        source: { ...manifest.source, sha256: sha256(source) },
        converter: CONVERTER_VERSION,
        output,
      };
      writeFileSync(path, `${JSON.stringify(fresh, null, 2)}\n`);
    } else if (output.sha256 !== manifest.output.sha256) {
      throw new Error(
        `${manifest.name}: the converter wrote SHA-256 ${output.sha256}, the manifest expects ` +
          `${manifest.output.sha256}. The converter changed without a new version: run the build with --update`,
      );
    }
    writeFileSync(`${target}.tmp`, bytes);
    renameSync(`${target}.tmp`, target);
    written.push(manifest.output.file);
  }
  return written;
}
