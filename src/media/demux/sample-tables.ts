import { boxesIn, boxesOf, type IsoBox } from "./iso-boxes.ts";

/** Boxes that hold boxes, on the way to a track's tables. */
const CONTAINERS: ReadonlySet<string> = new Set(["trak", "mdia", "minf", "stbl", "traf"]);
const MAX_INDEX_BYTES = 64 * 1024 * 1024;
/** Tables lie four boxes deep; what nests deeper is no index. */
const DEEPEST = 6;
/** Tables may disagree by this factor and so many samples: writers cut short have left such files, which are read. */
const [LARGEST_FACTOR, SLACK] = [2, 1000] as const;
/** So many samples may be listed by a reader of which nothing is told one by one: a day of AAC, a minute of bare samples. */
const MOST_UNTOLD = 2 ** 22;

/** Flags of a fragment's run: what is told of each sample, four bytes each. @see ISO/IEC 14496-12, section 8.8.8. */
const RUN = { offset: 0x1, first: 0x4, each: [0x100, 0x200, 0x400, 0x800] } as const;

/** What a track's tables say of its samples. */
interface Tables {
  /** Samples by their sizes. */
  samples: number;
  /** Samples by their times, and by what lies in its chunks. */
  readonly claimed: number[];
  /** Whether samples are shown in another order than they lie, for which a reader lists them all. */
  sorted: boolean;
  chunks: number;
  readonly perChunk: { readonly first: number; readonly samples: number }[];
}

/** @returns false where a table has no room for what it says it holds. */
function readTable(
  view: DataView,
  { name, content: begin, end }: Pick<IsoBox, "name" | "content" | "end">,
  tables: Tables,
  fileBytes: number,
): boolean {
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
      tables.sorted ||= name === "ctts";
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
      return bytes > 0 ? u32(4) * bytes <= room - header : u32(4) <= Math.min(fileBytes, MOST_UNTOLD);
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
  const tables: Tables = { samples: 0, claimed: [], sorted: false, chunks: 0, perChunk: [] };
  for (const { name, content, end } of boxesIn(view, from, to)) {
    const until = Math.min(end, to);
    if (CONTAINERS.has(name)) {
      if (!agree(view, content, until, fileBytes, depth + 1)) return false;
    } else if (!readTable(view, { name, content, end: until }, tables, fileBytes)) return false;
  }
  const { samples, claimed, sorted, chunks, perChunk } = tables;
  if (sorted && samples > MOST_UNTOLD) return false;
  if (perChunk.some(({ first }) => first > chunks + SLACK)) return false;
  const most = LARGEST_FACTOR * Math.min(samples, fileBytes) + SLACK;
  return [samples, ...claimed, inChunks(tables)].every((count) => count <= most);
}

/** What index and fragments are called: the boxes in which tables lie. */
export const INDEXES: ReadonlySet<string> = new Set(["moov", "moof"]);

/**
 * Whether the tables of a whole index, or of a fragment's, agree with each other.
 * @param index what the box holds, without its head.
 */
export function indexAgrees(index: Uint8Array): boolean {
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
  return agree(view, 0, index.byteLength, Infinity);
}

/**
 * Whether the tables of an MP4 or QuickTime file's samples agree with each other and with its size, so that a reader that
 * believes them ends in bounded time and memory; true for other containers.
 * @see ISO/IEC 14496-12, section 8.6 to 8.8.
 */
export async function sampleTablesAgree(file: Blob): Promise<boolean> {
  for await (const { name, begin, content, end } of boxesOf(file)) {
    if (!INDEXES.has(name)) continue;
    const index = await file.slice(content, Math.min(end, begin + MAX_INDEX_BYTES)).arrayBuffer();
    if (!agree(new DataView(index), 0, index.byteLength, file.size)) return false;
  }
  return true;
}
