/** An edit: what it lasts and where in the track's samples it begins, in seconds; null shows nothing. */
export type Edit = readonly [seconds: number, from: number | null, speed?: number];

const CONTAINERS: ReadonlySet<string> = new Set(["moov", "trak", "edts", "mdia"]);

/** A file whose index lies behind its samples, as ffmpeg writes it, with other edits in all its tracks. */
export function withEdits(bytes: Uint8Array<ArrayBuffer>, edits: readonly Edit[]): Blob {
  const view = new DataView(bytes.buffer);
  const nameAt = (at: number) => String.fromCharCode(...bytes.subarray(at + 4, at + 8));
  const seconds = edits.reduce((sum, [length]) => sum + length, 0);
  let [movieClock, mediaClock] = [0, 0];
  /** Finds the clocks: the file's, and that of the last track between two places. */
  function find(from: number, to: number): void {
    for (let at = from; at < to; at += view.getUint32(at)) {
      const name = nameAt(at);
      if (name === "mvhd") movieClock = view.getUint32(at + 20);
      if (name === "mdhd") mediaClock = view.getUint32(at + 20);
      if (CONTAINERS.has(name)) find(at + 8, at + view.getUint32(at));
    }
  }
  const box = (name: string, ...parts: Uint8Array<ArrayBuffer>[]) => {
    const length = 8 + parts.reduce((sum, part) => sum + part.length, 0);
    const made = new Uint8Array(length);
    new DataView(made.buffer).setUint32(0, length);
    made.set(new TextEncoder().encode(name), 4);
    parts.reduce((at, part) => (made.set(part, at), at + part.length), 8);
    return made;
  };
  /** @param first where the track's first sample lies behind what its encoder put before it. */
  function listOf(first: number) {
    const list = new Uint8Array(8 + 12 * edits.length);
    const entries = new DataView(list.buffer);
    entries.setUint32(4, edits.length);
    edits.forEach(([seconds, from, speed = 1], i) => {
      entries.setUint32(8 + 12 * i, Math.round(seconds * movieClock));
      entries.setInt32(12 + 12 * i, from === null ? -1 : first + Math.round(from * mediaClock));
      entries.setInt32(16 + 12 * i, Math.round(speed * 0x10000));
    });
    return list;
  }
  function copied(at: number): Uint8Array<ArrayBuffer> {
    const [name, end] = [nameAt(at), at + view.getUint32(at)];
    if (name === "elst") return box("elst", listOf(view.getInt32(at + 20)));
    if (name === "mvhd" || name === "tkhd") {
      const header = bytes.slice(at, end);
      if (seconds > 0) new DataView(header.buffer).setUint32(name === "mvhd" ? 24 : 28, seconds * movieClock);
      return header;
    }
    if (!CONTAINERS.has(name)) return bytes.slice(at, end);
    if (name === "trak") find(at + 8, end);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (let child = at + 8; child < end; child += view.getUint32(child)) parts.push(copied(child));
    return box(name, ...parts);
  }
  const whole: Uint8Array<ArrayBuffer>[] = [];
  find(0, bytes.length);
  for (let at = 0; at < bytes.length; at += view.getUint32(at)) whole.push(copied(at));
  return new Blob(whole);
}
