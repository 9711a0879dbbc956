const HEAD_BYTES = 12;
const CHUNK_HEAD_BYTES = 8;
/** More chunks than this before the sound are no recorder's. */
const MOST_CHUNKS = 64;
const LARGEST_SIZE = 0xffff_ffff;

const nameAt = (view: DataView, at: number) =>
  String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, 4));

async function viewOf(file: Blob, from: number, length: number): Promise<DataView> {
  return new DataView(await file.slice(from, from + length).arrayBuffer());
}

/** Whether another chunk begins at some place of a file, or the file ends there. */
async function endsAt(file: Blob, place: number): Promise<boolean> {
  if (place > file.size) return false;
  const view = await viewOf(file, place, CHUNK_HEAD_BYTES);
  if (view.byteLength < CHUNK_HEAD_BYTES) return true;
  return /^[\x20-\x7e]{4}$/.test(nameAt(view, 0)) && place + view.getUint32(4, true) <= file.size;
}

/**
 * A WAV whose header tells the length of its sound as it is. Recorders that died, or that stream, leave 0, the length of
 * a moment or the largest number there; then the sound goes on to the end of the file. RF64 and BW64 keep their lengths
 * elsewhere, with the same faults. @see EBU Tech 3306.
 * @returns the file itself where its length is right, or it is no WAV.
 */
export async function wholeWav(file: Blob): Promise<Blob> {
  const head = await viewOf(file, 0, HEAD_BYTES);
  if (head.byteLength < HEAD_BYTES) return file;
  const kind = nameAt(head, 0);
  if (!/^(RIFF|RF64|BW64)$/.test(kind) || nameAt(head, 8) !== "WAVE") return file;
  let format: Blob | undefined;
  let longLength = 0;
  for (let at = HEAD_BYTES, chunks = 0; chunks < MOST_CHUNKS; chunks++) {
    const chunk = await viewOf(file, at, CHUNK_HEAD_BYTES + 16);
    if (chunk.byteLength < CHUNK_HEAD_BYTES) return file;
    const [name, size] = [nameAt(chunk, 0), chunk.getUint32(4, true)];
    const content = at + CHUNK_HEAD_BYTES;
    if (name === "ds64" && chunk.byteLength === CHUNK_HEAD_BYTES + 16) {
      longLength = Number(chunk.getBigUint64(CHUNK_HEAD_BYTES + 8, true));
    }
    if (name === "data") {
      if (!format || content >= file.size) return file;
      const length = kind !== "RIFF" && size === LARGEST_SIZE ? longLength : size;
      if (length > 0 && (await endsAt(file, content + length + (length & 1)))) return file;
      return rewritten(format, file.slice(content));
    }
    if (name === "fmt ") format = file.slice(at, content + size);
    at = content + size + (size & 1);
  }
  return file;
}

function rewritten(format: Blob, sound: Blob): Blob {
  const size = (bytes: number) =>
    new Uint32Array([Math.min(bytes, LARGEST_SIZE)]) as Uint32Array<ArrayBuffer>;
  const riff = ["RIFF", size(4 + format.size + CHUNK_HEAD_BYTES + sound.size), "WAVE"] as const;
  return new Blob([...riff, format, "data", size(sound.size), sound]);
}
