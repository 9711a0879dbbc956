/** Boxes that hold boxes, on the way to a track's tables. */
const CONTAINERS: ReadonlySet<string> = new Set(["trak", "mdia", "minf", "stbl", "traf"]);
const MAX_INDEX_BYTES = 64 * 1024 * 1024;
/** Tables lie four boxes deep; what nests deeper is no index. */
const DEEPEST = 6;
/** Tables may disagree by this factor and so many samples: writers cut short have left such files, which are read. */
const [LARGEST_FACTOR, SLACK] = [2, 1000] as const;

/** Flags of a fragment's run: what is told of each sample, four bytes each. @see ISO/IEC 14496-12, section 8.8.8. */
const RUN = { offset: 0x1, first: 0x4, each: [0x100, 0x200, 0x400, 0x800] } as const;

/** What a track's tables say of its samples. */
interface Tables {
  /** Samples by their sizes. */
  samples: number;
  /** Samples by their times, and by what lies in its chunks. */
  readonly claimed: number[];
  chunks: number;
  readonly perChunk: { readonly first: number; readonly samples: number }[];
}

const nameAt = (view: DataView, at: number) =>
  String.fromCharCode(...[4, 5, 6, 7].map((k) => view.getUint8(at + k)));

/** Boxes between two places: name, where the content begins, where it ends. */
function* boxes(view: DataView, from: number, to: number) {
  for (let at = from; at + 8 <= to;) {
    const short = view.getUint32(at);
    const long = short === 1 && at + 16 <= to;
    const size = long ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - at : short;
    if (size < 8) return;
    const end = Math.min(to, at + size);
    yield { name: nameAt(view, at), begin: at + (long ? 16 : 8), end };
    at += size;
  }
}

/** @returns false where a table has no room for what it says it holds. */
function readTable(view: DataView, name: string, begin: number, end: number, tables: Tables): boolean {
  const room = end - begin;
  const u32 = (at: number) => view.getUint32(begin + at);
  const entries = (header: number, bytes: number) => {
    const count = room >= header ? u32(header - 4) : 0;
    return count * bytes <= room - header ? count : null;
  };
  const rows = (bytes: number) => {
    const count = entries(8, bytes);
    return count === null ? null : Array.from({ length: count }, (_, i) => 8 + i * bytes);
  };
  switch (name) {
    case "stsz": {
      if (room < 12) return false;
      tables.samples = u32(8);
      return u32(4) > 0 || entries(12, 4) !== null;
    }
    case "stz2":
      if (room < 12) return false;
      tables.samples = u32(8);
      return tables.samples * (view.getUint8(begin + 7) / 8) <= room - 12;
    case "stts":
    case "ctts": {
      const found = rows(8);
      if (found) tables.claimed.push(found.reduce((sum, at) => sum + u32(at), 0));
      return found !== null;
    }
    case "stsc": {
      const found = rows(12);
      for (const at of found ?? []) tables.perChunk.push({ first: u32(at), samples: u32(at + 4) });
      return found !== null;
    }
    case "stco":
    case "co64": {
      const count = entries(8, name === "stco" ? 4 : 8);
      tables.chunks = count ?? 0;
      return count !== null;
    }
    case "trun": {
      if (room < 8) return false;
      const flags = u32(0) & 0xffffff;
      const header = 8 + (flags & RUN.offset ? 4 : 0) + (flags & RUN.first ? 4 : 0);
      const bytes = 4 * RUN.each.filter((flag) => flags & flag).length;
      // Samples of which nothing is told are of one size: those of a fragment end within its file.
      return bytes > 0 ? u32(4) * bytes <= room - header : u32(4) <= view.byteLength * 1024;
    }
    default:
      return true;
  }
}

const inChunks = ({ perChunk, chunks }: Tables): number =>
  perChunk.reduce((sum, { first, samples }, i) => {
    const next = perChunk[i + 1]?.first ?? chunks + 1;
    return sum + Math.max(0, Math.min(next, chunks + 1) - first) * samples;
  }, 0);

/** Whether the tables of an index, of a track or of a fragment agree. */
function agree(view: DataView, from: number, to: number, fileBytes: number, depth = 0): boolean {
  if (depth > DEEPEST) return false;
  const tables: Tables = { samples: 0, claimed: [], chunks: 0, perChunk: [] };
  for (const { name, begin, end } of boxes(view, from, to)) {
    if (CONTAINERS.has(name)) {
      if (!agree(view, begin, end, fileBytes, depth + 1)) return false;
    } else if (!readTable(view, name, begin, end, tables)) return false;
  }
  const most = LARGEST_FACTOR * Math.min(tables.samples, fileBytes) + SLACK;
  return [tables.samples, ...tables.claimed, inChunks(tables)].every((count) => count <= most);
}

/**
 * Whether the tables of an MP4 or QuickTime file's samples agree with each other and with its size, so that a reader that
 * believes them ends in bounded time and memory; true for other containers.
 * @see ISO/IEC 14496-12, section 8.6 to 8.8.
 */
export async function sampleTablesAgree(file: Blob): Promise<boolean> {
  for (let at = 0; at + 8 <= file.size;) {
    const head = new DataView(await file.slice(at, at + 16).arrayBuffer());
    const name = nameAt(head, 0);
    const short = head.getUint32(0);
    const long = short === 1 && head.byteLength === 16;
    const size = long ? Number(head.getBigUint64(8)) : short === 0 ? file.size - at : short;
    if (size < 8 || !/^[\w ]{4}$/.test(name)) return true;
    if (name === "moov" || name === "moof") {
      const index = await file.slice(at, at + Math.min(size, MAX_INDEX_BYTES)).arrayBuffer();
      if (!agree(new DataView(index), long ? 16 : 8, index.byteLength, file.size)) return false;
    }
    at += size;
  }
  return true;
}
