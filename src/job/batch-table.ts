import * as z from "zod/mini";
import { readCsv, writeCsv } from "../core/csv.ts";
import { readJobSpec } from "./check-job.ts";
import type { JobSpec } from "./job-spec.ts";

/** The columns of a table of jobs; only `voice` must be there. */
export const BATCH_COLUMNS = [
  "picture",
  "voice",
  "second_voice",
  "order",
  "resolution",
  "prompt",
  "seed",
  "format",
  "fps",
  "mask",
  "name",
] as const;
/** One of {@link BATCH_COLUMNS}. */
export type BatchColumn = (typeof BATCH_COLUMNS)[number];

/** What is wrong with a row, or with the whole table. */
export interface BatchFault {
  /**
   * `unknown`: there is no such column. `missing`: the cell is empty. `value`: it does not work there. `file`: no file
   * of that name was given. `unclosed`: a quotation mark opens and never closes. `empty`: there are no rows.
   */
  readonly kind: "unknown" | "missing" | "value" | "file" | "unclosed" | "empty";
  /** The column's name as it stands in the table; for `unclosed` the line. */
  readonly column: string;
  readonly value: string;
}

/** A row of a table of jobs. */
export interface BatchLine {
  /** On which it begins, from 1. */
  readonly line: number;
  /** Of the result, without extension; no two rows have the same. */
  readonly name: string;
  /** Its request with file names for media; null where something is wrong. */
  readonly spec: JobSpec<string> | null;
  readonly faults: readonly BatchFault[];
}

/** A table of jobs. */
export interface BatchTable {
  readonly lines: readonly BatchLine[];
  /** What is wrong with the table as a whole. */
  readonly faults: readonly BatchFault[];
}

/** How a table is read. */
export interface BatchOptions {
  /** Stands where a row names no picture. */
  readonly picture?: string | undefined;
  /** Whether a file's name is that of a video. */
  readonly isVideo: (name: string) => boolean;
}

/** Names of columns in a request. */
const FIELDS: Readonly<Partial<Record<string, BatchColumn>>> = {
  image: "picture",
  video: "picture",
  audio: "voice",
  leftAudio: "voice",
  rightAudio: "second_voice",
  maskImage: "mask",
};

/** The column in which a medium of a request is named. */
export const columnOf = (field: string): string => FIELDS[field] ?? field;

/** A file's name without folders and extension. */
export const stemOf = (name: string): string => (name.split(/[/\\]/).at(-1) ?? "").replace(/\.[^.]+$/, "");

/** Letters that file systems refuse. */
const REFUSED = /[\p{Cc}<>:"/\\|?*]/gu;

/** Gives names that no other has and that every file system takes; later ones of a kind are numbered. */
export function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const safe = name.replaceAll(REFUSED, "-").slice(0, 80).trim() || "video";
    let own = safe;
    for (let number = 2; taken.has(own.toLowerCase()); number++) own = `${safe}-${String(number)}`;
    taken.add(own.toLowerCase());
    return own;
  });
}

type Cells = Readonly<Partial<Record<BatchColumn, string>>>;

/** A number where it looks like one; what does not is refused by the request's check. */
const numberOf = (text: string | undefined) =>
  text === undefined ? undefined : /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;

/** The request of a row as it stands there, unchecked. */
function requestOf(cells: Cells, { picture, isVideo }: BatchOptions): { readonly model: string } & object {
  const visual = cells.picture ?? picture;
  const { voice, second_voice: second, mask, order, resolution, prompt } = cells;
  const common = { maskImage: mask, resolution, prompt, seed: numberOf(cells.seed) };
  const settings = { format: cells.format, fps: numberOf(cells.fps) };
  const form =
    second !== undefined
      ? {
          model: "lipsync-image-multi",
          formState: { image: visual, leftAudio: voice, rightAudio: second, order, ...common },
        }
      : visual !== undefined && isVideo(visual)
        ? { model: "lipsync-video", formState: { video: visual, audio: voice, ...common } }
        : { model: "lipsync-image", formState: { image: visual, audio: voice, ...common } };
  return { ...form, ...settings };
}

function readLine(cells: Cells, options: BatchOptions): Pick<BatchLine, "spec" | "faults"> {
  const visual = cells.picture ?? options.picture;
  const faults: BatchFault[] = [];
  if (cells.second_voice !== undefined && visual !== undefined && options.isVideo(visual)) {
    faults.push({ kind: "value", column: "second_voice", value: cells.second_voice });
  }
  if (cells.order !== undefined && cells.second_voice === undefined) {
    faults.push({ kind: "missing", column: "second_voice", value: "" });
  }
  const checked = readJobSpec<string>(requestOf(cells, options), () => z.string().check(z.minLength(1)));
  if (checked.ok) return { spec: faults.length > 0 ? null : checked.spec, faults };
  const wrong = checked.faults.map(({ field, given }): BatchFault => {
    const name = field.split(".").at(-1)!;
    const column = columnOf(name);
    return given === undefined
      ? { kind: "missing", column, value: "" }
      : { kind: "value", column, value: String(given).slice(0, 60) };
  });
  return { spec: null, faults: [...faults, ...wrong] };
}

/**
 * Reads a table of jobs: comma-separated values whose first row names the columns. Each row stands for itself: what is
 * wrong with one keeps no other back.
 */
export function readBatch(text: string, options: BatchOptions): BatchTable {
  const { rows, unclosedLine } = readCsv(text);
  const [head, ...body] = rows;
  const faults: BatchFault[] = [];
  if (unclosedLine !== null) {
    faults.push({ kind: "unclosed", column: String(unclosedLine), value: "" });
  }
  const columns = (head?.cells ?? []).map((name) => name.toLowerCase().replaceAll(/[\s-]+/g, "_"));
  const known: readonly string[] = BATCH_COLUMNS;
  for (const name of columns) {
    if (name !== "" && !known.includes(name)) faults.push({ kind: "unknown", column: name, value: "" });
  }
  if (head && !columns.includes("voice")) faults.push({ kind: "missing", column: "voice", value: "" });
  if (body.length === 0) faults.push({ kind: "empty", column: "", value: "" });
  const read = body.map(({ line, cells: given }) => {
    const cells: Cells = Object.fromEntries(
      columns.flatMap((name, i) => (given[i] && known.includes(name) ? [[name, given[i]]] : [])),
    );
    const parts = [cells.picture ?? options.picture ?? "", cells.voice ?? ""].map(stemOf);
    return { line, name: cells.name ?? parts.filter(Boolean).join("-"), ...readLine(cells, options) };
  });
  const names = distinctNames(read.map(({ name }) => name));
  return { lines: read.map((row, i) => ({ ...row, name: names[i]! })), faults };
}

/** A table to begin with: every column, two rows that show them. */
export function batchTemplate(): string {
  return writeCsv([
    BATCH_COLUMNS,
    ["portrait.jpg", "hello.mp3", "", "", "480p", "calm", "7", "mp4", "25", "", "hello"],
    ["two-people.jpg", "left.mp3", "right.mp3", "left_right", "720p", "", "", "mp4", "25", "", "dialogue"],
  ]);
}
