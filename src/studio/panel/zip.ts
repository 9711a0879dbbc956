import { Zip, ZipPassThrough } from "fflate";

/** A file of a zip. */
export interface ZipEntry {
  readonly name: string;
  readonly data: Blob;
}

/** Bytes that stay below what a zip without its 64-bit extension, which fflate does not write, can hold. */
const MOST_BYTES = 4e9;
const PIECE_BYTES = 4 * 1024 ** 2;

/** The entries in as few groups as fit into a zip each, in order. */
export function groupsOf<Entry extends { readonly data: { readonly size: number } }>(
  entries: readonly Entry[],
  mostBytes: number,
): readonly (readonly Entry[])[] {
  const groups: Entry[][] = [];
  let room = 0;
  for (const entry of entries) {
    if (groups.length === 0 || entry.data.size > room) {
      groups.push([]);
      room = mostBytes;
    }
    groups.at(-1)!.push(entry);
    room -= entry.data.size;
  }
  return groups;
}

/** One zip. Videos do not shrink, so nothing is compressed: the zip is made of the files themselves, which no memory holds. */
async function zipGroup(entries: readonly ZipEntry[], told: (bytes: number) => void): Promise<Blob> {
  const parts: BlobPart[] = [];
  /** The piece that is read now, and where it lies. */
  let piece: { readonly bytes: Uint8Array; readonly blob: Blob } | null = null;
  const failures: Error[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) failures.push(error);
    else parts.push(chunk === piece?.bytes ? piece.blob : new Uint8Array(chunk));
  });
  for (const { name, data } of entries) {
    const file = new ZipPassThrough(name);
    file.mtime = new Date();
    zip.add(file);
    for (let at = 0; at < data.size; at += PIECE_BYTES) {
      const blob = data.slice(at, at + PIECE_BYTES);
      piece = { bytes: new Uint8Array(await blob.arrayBuffer()), blob };
      file.push(piece.bytes, at + PIECE_BYTES >= data.size);
      told(piece.bytes.length);
    }
    if (data.size === 0) file.push(new Uint8Array(0), true);
  }
  zip.end();
  if (failures[0]) throw failures[0];
  return new Blob(parts, { type: "application/zip" });
}

/**
 * The files as a zip; as several, where one would hold more than 4 GB.
 * @param onProgress 0 to 1.
 */
export async function zipFiles(
  entries: readonly ZipEntry[],
  onProgress: (fraction: number) => void,
): Promise<readonly Blob[]> {
  const total = entries.reduce((sum, { data }) => sum + data.size, 0);
  let done = 0;
  const zips: Blob[] = [];
  for (const group of groupsOf(entries, MOST_BYTES)) {
    zips.push(
      await zipGroup(group, (bytes) => {
        done += bytes;
        onProgress(total > 0 ? done / total : 1);
      }),
    );
  }
  return zips;
}
