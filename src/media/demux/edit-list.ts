import { boxesIn, boxesOf, type IsoBox } from "./iso-boxes.ts";

/** What of a track is shown, by its edit list. */
export interface TrackEdit {
  /** The file's track number. */
  readonly track: number;
  /**
   * Whether it is one stretch at its own speed, from whatever instant on. Others put stretches one after another, as
   * where a part in the middle was taken out, or repeat, slow down and freeze them.
   */
  readonly plain: boolean;
  /** Where the track ends on the file's clock, in seconds; infinite where nothing is told of it. */
  readonly endSeconds: number;
}

const MAX_INDEX_BYTES = 64 * 1024 * 1024;
/** An edit of this media time shows nothing. */
const EMPTY = -1;
/** One, as a number of 16 bits before the point and 16 behind it. */
const OWN_SPEED = 0x10000;

/** A box as bytes, of which only those that are there are read. */
function readerOf(view: DataView, { content, end }: IsoBox) {
  const room = Math.min(end, view.byteLength) - content;
  return {
    version: room >= 4 ? view.getUint8(content) : 0,
    has: (bytes: number) => bytes <= room,
    u32: (at: number) => view.getUint32(content + at),
    i32: (at: number) => view.getInt32(content + at),
    i64: (at: number) => Number(view.getBigInt64(content + at)),
  };
}

const within = (view: DataView, { content, end }: IsoBox) => [
  ...boxesIn(view, content, Math.min(end, view.byteLength)),
];

/** The number behind the two instants with which a header of a movie or of a track begins; 0 where there is none. */
function behindInstants(view: DataView, header: IsoBox | undefined): number {
  if (!header) return 0;
  const box = readerOf(view, header);
  const at = box.version === 1 ? 20 : 12;
  return box.has(at + 4) ? box.u32(at) : 0;
}

/** The edits of a list; undefined where it has no room for what it says it holds. */
function editsIn(view: DataView, list: IsoBox) {
  const box = readerOf(view, list);
  const bytes = box.version === 1 ? 20 : 12;
  if (!box.has(8) || !box.has(8 + box.u32(4) * bytes)) return undefined;
  return Array.from({ length: box.u32(4) }, (_, i) => {
    const at = 8 + i * bytes;
    return box.version === 1
      ? { duration: box.i64(at), media: box.i64(at + 8), speed: box.i32(at + 16) }
      : { duration: box.u32(at), media: box.i32(at + 4), speed: box.i32(at + 8) };
  });
}

/** @param open whether more of the track comes in fragments: what its last edit lasts is not known then. */
function readTrack(
  view: DataView,
  track: IsoBox,
  unitsPerSecond: number,
  open: boolean,
): TrackEdit | undefined {
  const boxes = within(view, track);
  const edts = boxes.find(({ name }) => name === "edts");
  const elst = edts && within(view, edts).find(({ name }) => name === "elst");
  const edits = elst && editsIn(view, elst);
  if (!edits || edits.length === 0) return undefined;
  const shown = edits.filter(({ media }) => media !== EMPTY);
  const last = edits.at(-1)!;
  const units = edits.reduce((sum, { duration }) => sum + duration, 0);
  return {
    track: behindInstants(
      view,
      boxes.find(({ name }) => name === "tkhd"),
    ),
    plain: shown.length <= 1 && shown.every(({ speed }) => speed === OWN_SPEED) && last.media !== EMPTY,
    endSeconds: open || last.duration === 0 || unitsPerSecond === 0 ? Infinity : units / unitsPerSecond,
  };
}

/**
 * What edit lists say of an MP4 or QuickTime file's tracks: editors that only trim a recording, or take a part out of
 * it, leave its samples in the file and say there what is shown. Empty for other containers.
 * @see ISO/IEC 14496-12, section 8.6.6.
 */
export async function editsOf(file: Blob): Promise<TrackEdit[]> {
  for await (const { name, begin, content, end } of boxesOf(file)) {
    if (name !== "moov") continue;
    const index = await file.slice(content, Math.min(end, begin + MAX_INDEX_BYTES)).arrayBuffer();
    const view = new DataView(index);
    const boxes = [...boxesIn(view, 0, index.byteLength)];
    // Units a second of the clock in which edits last.
    const unitsPerSecond = behindInstants(
      view,
      boxes.find((box) => box.name === "mvhd"),
    );
    const open = boxes.some((box) => box.name === "mvex");
    return boxes
      .filter((box) => box.name === "trak")
      .flatMap((track) => readTrack(view, track, unitsPerSecond, open) ?? []);
  }
  return [];
}

/** What lies behind the end by less is a writer's rounding and belongs to a track, in seconds. */
const ROUNDED_SECONDS = 0.1;

/**
 * Where a track ends, in seconds of the file's clock.
 * @param mediaEnd where its samples end.
 */
export function endOf(edits: readonly TrackEdit[], track: number, mediaEnd: number): number {
  const told = edits.find((edit) => edit.track === track)?.endSeconds ?? Infinity;
  return mediaEnd - told > ROUNDED_SECONDS ? told : mediaEnd;
}

/** Whether a reader that knows one stretch of each track reads a track rightly. */
export function isPlain(edits: readonly TrackEdit[], track: number): boolean {
  return edits.find((edit) => edit.track === track)?.plain ?? true;
}
