import type { ErrorCode } from "../../job/errors.ts";
import { distinctNames, readBatch, stemOf, type BatchFault } from "../../job/batch-table.ts";
import type { JobSpec } from "../../job/job-spec.ts";
import { randomId } from "../../core/random.ts";
import { isFinished, type JobRow } from "../../queue/job-row.ts";
import { writeCsv } from "../../core/csv.ts";
import { b } from "../batch-strings.ts";
import { asProblem } from "./problem.ts";
import { batchSpec, voiceSpec } from "./batch-request.ts";
import { batchIsUnsent, noteUnsent } from "./unsent-batch.ts";
import { createKept } from "./kept.ts";
import type { Preferences, StudioState } from "./studio-state.ts";
import type { Queue } from "./queue.ts";
import { subject } from "./readiness.ts";
import { createStore, type Store } from "./store.ts";
import { fileKind } from "./file-kind.ts";

/** Where one job of a batch is; `gone`: deleted from the history. */
export type BatchItemState = "new" | "waiting" | "running" | "completed" | "failed" | "gone";

/** One job of a batch. */
export interface BatchItem {
  /** Of the result, without extension. */
  readonly name: string;
  /** The table's line; null without a table. */
  readonly line: number | null;
  readonly faults: readonly BatchFault[];
  /** The request, until the queue has it; null where something is wrong with it, too. */
  readonly spec: JobSpec<Blob> | null;
  /** Under which it is handed to the queue, so that the queue takes it once though the page ended meanwhile. */
  readonly key: string;
  /** In the queue; null before it is there. */
  readonly jobId: string | null;
  readonly state: BatchItemState;
  /** 0 to 1. */
  readonly progress: number;
  readonly errorCode: ErrorCode | null;
}

/** What the batch's sheet shows. */
export interface BatchState {
  readonly items: readonly BatchItem[];
  /** What is wrong with the table as a whole. */
  readonly faults: readonly BatchFault[];
  /** Name of the table's file. */
  readonly table: string | null;
  /** Whether the jobs are in the queue, or on their way there; before, files can be added. */
  readonly started: boolean;
  /** Whether jobs are being handed to the queue. */
  readonly sending: boolean;
  /** The zip that is being made, 0 to 1; null when none is. */
  readonly zipping: number | null;
}

/** Many jobs at once: several voices on one picture, or a table of jobs. They are jobs of the durable queue. */
export interface Batch {
  readonly store: Store<BatchState>;
  /** Takes pictures, videos, voices and a table. */
  take(files: readonly File[]): Promise<void>;
  /** Hands every job without a fault to the queue; once more: those that the queue refused. */
  start(): Promise<void>;
  /** Cancels what is not finished; what is stays. */
  cancel(): Promise<void>;
  /** The finished videos and a list of all rows; several zips where one would be larger than 4 GB. */
  zip(): Promise<readonly Blob[]>;
  /** Cancels and forgets; jobs stay in the history. */
  clear(): Promise<void>;
}

/** What a batch needs from the studio. */
export interface BatchContext {
  readonly store: Store<StudioState>;
  queue(): Promise<Queue>;
  preferences(): Preferences;
  toast(text: string): void;
  announce(sentence: string): void;
}

const EMPTY: BatchState = {
  items: [],
  faults: [],
  table: null,
  started: false,
  sending: false,
  zipping: null,
};

/** One tab at a time hands a batch to the queue, and none reads meanwhile what is kept of it; insecure pages have no locks. */
const alone = (work: () => Promise<void>): Promise<void> =>
  (navigator as { readonly locks?: LockManager }).locks?.request("dudak-batch", work) ?? work();

const ended = ({ state }: BatchItem) => state === "completed" || state === "failed" || state === "gone";

const newItem = (item: Pick<BatchItem, "name" | "line" | "faults" | "spec">): BatchItem => ({
  ...item,
  key: randomId(),
  jobId: null,
  state: "new",
  progress: 0,
  errorCode: null,
});

/** An item as its job's row says it is; without a row it was deleted. */
function follow(item: BatchItem, row: JobRow | undefined): BatchItem {
  if (!row) return { ...item, state: "gone" };
  if (row.state === "queued") return { ...item, state: "waiting" };
  if (!isFinished(row)) return { ...item, state: "running", progress: row.progress };
  const end = { progress: 1, errorCode: row.errorCode ?? null };
  return { ...item, ...end, state: row.state === "completed" ? "completed" : "failed" };
}

/** Opens the batch of the last visit, or an empty one; what the queue did not have yet is sent on. */
export async function openBatch(context: BatchContext): Promise<Batch> {
  const kept = createKept<Pick<BatchState, "items" | "table">>("dudak-batch");
  const store = createStore<BatchState>(EMPTY);
  let files: readonly File[] = [];
  let table: { readonly name: string; readonly text: string } | null = null;
  let stopped = false;
  let looking: Promise<void> | null = null;
  let lookAgain = false;
  let unsubscribe: (() => void) | null = null;
  /** Rises with each arrangement: a later one makes the earlier ones void. */
  let arranged = 0;

  const keep = () => kept.save({ items: store.state.items, table: store.state.table });
  const patch = (at: number, change: Partial<BatchItem>) =>
    store.update({ items: store.state.items.map((item, i) => (i === at ? { ...item, ...change } : item)) });

  /** What the chosen files and the stage make. */
  async function arrange(): Promise<void> {
    const turn = ++arranged;
    const { state } = context.store;
    const preferences = context.preferences();
    const byName = new Map(files.map((file) => [file.name.toLowerCase(), file]));
    const stage = subject(state)?.file;
    if (table) {
      const { name, text } = table;
      const isVideo = (file: string) => fileKind({ name: file, type: "" }) === "video";
      const read = readBatch(text, { picture: stage?.name, isVideo });
      if (stage && !byName.has(stage.name.toLowerCase())) byName.set(stage.name.toLowerCase(), stage);
      const items = await Promise.all(
        read.lines.map(async ({ spec, faults, ...row }) => {
          const made = spec && (await batchSpec(spec, byName, state, preferences));
          return newItem({ ...row, faults: made?.faults ?? faults, spec: made?.spec ?? null });
        }),
      );
      if (turn === arranged) store.update({ items, faults: read.faults, table: name });
      return;
    }
    const visuals = files.filter((file) => fileKind(file) === "picture" || fileKind(file) === "video");
    const visual = visuals.at(-1) ?? stage;
    const voices = files.filter((file) => fileKind(file) === "voice");
    const names = distinctNames(
      voices.map((voice) => [visual?.name ?? "", voice.name].map(stemOf).filter(Boolean).join("-")),
    );
    const missing: BatchFault = { kind: "missing", column: "picture", value: "" };
    const items = await Promise.all(
      voices.map(async (voice, i) =>
        newItem({
          ...{ name: names[i]!, line: null, faults: visual ? [] : [missing] },
          spec: visual ? await voiceSpec(visual, voice, state, preferences) : null,
        }),
      ),
    );
    if (turn === arranged) store.update({ items, faults: [], table: null });
  }

  async function lookOnce(): Promise<void> {
    const queue = await context.queue();
    for (const [at, item] of store.state.items.entries()) {
      if (item.jobId === null || ended(item)) continue;
      const now = follow(item, await queue.row(item.jobId));
      if (now.state !== item.state || now.progress !== item.progress) patch(at, now);
      // The queue works in this order: those behind wait, too.
      if (now.state === "waiting") break;
    }
    const { items, sending, started } = store.state;
    const open = items.some((item) => item.jobId !== null && !ended(item));
    if (!started || sending || open || !unsubscribe) return;
    unsubscribe();
    unsubscribe = null;
    await keep();
    context.announce(b.announceDone(String(items.filter(({ state }) => state === "completed").length)));
  }

  /** Brings the items up to their rows; what changes meanwhile is looked at after it. */
  function look(): Promise<void> {
    lookAgain = true;
    looking ??= (async () => {
      while (lookAgain) {
        lookAgain = false;
        await lookOnce().catch(() => undefined);
      }
      looking = null;
    })();
    return looking;
  }

  /** Follows the jobs until all have ended. */
  async function watch(): Promise<void> {
    if (unsubscribe) return;
    const queue = await context.queue();
    unsubscribe = queue.subscribe(() => void look());
    void look();
  }

  /** Hands what the queue has not got to it; to be called {@link alone}. */
  async function send(): Promise<void> {
    stopped = false;
    noteUnsent(true);
    store.update({ started: true, sending: true });
    await keep();
    await watch();
    const queue = await context.queue();
    /** A file of several jobs is stored once. */
    const uploads = new Map<Blob, Promise<string>>();
    for (const [at, { spec, key, jobId }] of store.state.items.entries()) {
      if (stopped || !spec || jobId !== null) continue;
      try {
        const id = await queue.submit(spec, uploads, key);
        patch(at, { jobId: id, spec: null, state: "waiting", errorCode: null });
        // All was cancelled while it was on its way.
        if (stopped) await queue.remove(id);
      } catch (error) {
        // Its request stays, so that it can be sent once more.
        patch(at, { state: "failed", errorCode: asProblem(error).code });
      }
      await keep();
    }
    noteUnsent(false);
    store.update({ sending: false });
    await look();
  }

  const batch: Batch = {
    store,
    async take(added) {
      if (store.state.started) {
        if (store.state.items.some((item) => item.jobId !== null && !ended(item))) {
          context.toast(b.busy());
          return;
        }
        files = [];
        table = null;
        store.update(EMPTY);
      }
      // A file that comes again stands for the earlier one of its name.
      const names = new Set(added.map(({ name }) => name));
      const media = added.filter((file) => ["picture", "video", "voice"].includes(fileKind(file)));
      files = [...files.filter(({ name }) => !names.has(name)), ...media];
      const list = added.find((file) => fileKind(file) === "table");
      if (list) table = { name: list.name, text: await list.text() };
      await arrange();
    },
    start: () => alone(send),
    async cancel() {
      stopped = true;
      const queue = await context.queue();
      for (const item of store.state.items) {
        if (item.jobId !== null && !ended(item)) await queue.remove(item.jobId);
      }
      await look();
    },
    async zip() {
      store.update({ zipping: 0 });
      try {
        const [queue, { zipFiles }] = await Promise.all([context.queue(), import("../panel/zip.ts")]);
        const entries: { name: string; data: Blob }[] = [];
        const list: string[][] = [["name", "line", "state", "error", "file"]];
        for (const { name, line, state, errorCode, jobId, faults } of store.state.items) {
          const row = jobId === null ? undefined : await queue.row(jobId);
          const video = row?.output && (await queue.file(row.output.file));
          const file = video ? `${name}.${video.blob.type.includes("webm") ? "webm" : "mp4"}` : "";
          if (video) entries.push({ name: file, data: video.blob });
          const wrong = faults
            .map(({ kind, column, value }) => `${kind} ${column} ${value}`.trim())
            .join("; ");
          list.push([name, line === null ? "" : String(line), state, errorCode ?? wrong, file]);
        }
        entries.push({ name: "results.csv", data: new Blob([writeCsv(list)], { type: "text/csv" }) });
        return await zipFiles(entries, (zipping) => store.update({ zipping }));
      } finally {
        store.update({ zipping: null });
      }
    },
    async clear() {
      await batch.cancel();
      unsubscribe?.();
      unsubscribe = null;
      files = [];
      table = null;
      noteUnsent(false);
      store.update(EMPTY);
      await kept.clear();
    },
  };

  await new Promise<void>((opened, failed) => {
    alone(async () => {
      const last = await kept.load();
      const any = last !== undefined && last.items.length > 0;
      if (any) store.update({ ...last, started: true });
      else noteUnsent(false);
      opened();
      if (any && batchIsUnsent()) await send();
      else if (any && last.items.some((item) => !ended(item))) void watch();
    }).catch(failed);
  });
  return batch;
}
