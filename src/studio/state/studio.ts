import { createLipSync, type LipSync } from "../../engine/lip-sync.ts";
import { isFinished } from "../../queue/job-row.ts";
import { toEngineError, type ErrorCode } from "../../job/errors.ts";
import { storedWarnings } from "../../job/warnings.ts";
import { setLanguage } from "../localization.ts";
import { inWords } from "../sentences.ts";
import { t } from "../strings.ts";
import { createDeletions, remaining, type Deleted, type Deletions } from "./deletions.ts";
import { draft } from "./draft.ts";
import { createInputs, type Inputs } from "./take-files.ts";
import {
  EMPTY_STATE,
  type JobOptions,
  type Mode,
  type Preferences,
  type Sheet,
  type StudioResult,
  type StudioState,
  type View,
} from "./studio-state.ts";
import { applyTheme, loadPreferences, savePreferences } from "./preferences.ts";
import { watchUpdates } from "../offline/updates.ts";
import type { Batch } from "./batch.ts";
import { batchIsUnsent } from "./unsent-batch.ts";
import type { Models } from "./lip-models.ts";
import { removeEverything } from "./remove-everything.ts";
import type { Queue } from "./queue.ts";
import { createNote, type Note } from "./toast.ts";
import { createRendering, type Rendering } from "./rendering.ts";
import { subject } from "./readiness.ts";
import { measureStorage } from "./storage-use.ts";
import { createStore, type Store } from "./store.ts";

const SAVE_DELAY_MS = 150;

/** A result as it is kept: addresses of blobs end with the page. */
function withoutUrls({
  url: _,
  beforeUrl: __,
  ...kept
}: StudioResult): Omit<StudioResult, "url" | "beforeUrl"> {
  return kept;
}

/** The studio without its looks: state, and everything that can be done to it. */
export class Studio {
  readonly store: Store<StudioState> = createStore(EMPTY_STATE);
  readonly lipSync: LipSync = createLipSync();
  readonly inputs: Inputs;
  readonly rendering: Rendering;
  /** Where the live preview is drawn; set by the stage. */
  previewSink: ((frame: ImageBitmap) => void) | null = null;
  /** Called with a sentence for the live region. */
  announce: (sentence: string) => void = () => undefined;
  #preferences: Preferences = loadPreferences();
  #preferenceListeners = new Set<() => void>();
  #queue: Promise<Queue> | undefined;
  #models: Promise<Models> | undefined;
  #batch: Promise<Batch> | undefined;
  readonly #deletions: Deletions;
  readonly #note: Note;
  #tail: Promise<unknown> = Promise.resolve();
  #saveTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const { store, lipSync } = this;
    this.#note = createNote(store);
    this.#deletions = createDeletions(
      (thing) => this.#carryOut(thing),
      () => this.#showRows(),
    );
    const save = () => this.save();
    const preferences = () => this.#preferences;
    this.inputs = createInputs({
      store,
      lipSync,
      preferences,
      modelsFetched: () => {
        if (!this.#preferences.modelsFetched) this.setPreferences({ modelsFetched: true });
      },
      save,
      takeModel: (files) => {
        this.store.update({ sheet: "models", view: "stage" });
        void this.models()
          .then((models) => models.take(files))
          .catch((error: unknown) => this.toastError(toEngineError(error).code));
      },
      takeBatch: (files) => {
        this.store.update({ sheet: "batch", view: "stage" });
        void this.batch()
          .then((batch) => batch.take(files))
          .catch((error: unknown) => this.toastError(toEngineError(error).code));
      },
      toast: (text, undo) => this.toast(text, undo),
    });
    this.rendering = createRendering({
      store,
      lipSync,
      queue: () => this.queue(),
      preferences,
      setPreferences: (patch) => this.setPreferences(patch),
      save,
      alone: (work) => this.#alone(work),
      preview: (frame) => (this.previewSink ? this.previewSink(frame) : frame.close()),
    });
    // Another tab may have chosen otherwise; whichever tab runs the queue must know.
    addEventListener("storage", () => {
      const { lipModel, aiMark, keepDays, keepBytes } = loadPreferences();
      this.#preferences = { ...this.#preferences, lipModel, aiMark, keepDays, keepBytes };
      this.#preferenceListeners.forEach((listener) => listener());
    });
    addEventListener("pagehide", () => void this.#saveNow());
  }

  /** The state now. */
  get state(): StudioState {
    return this.store.state;
  }

  /** The choices that outlive everything. */
  get preferences(): Preferences {
    return this.#preferences;
  }

  /** Changes and keeps preferences, and applies language, theme and backend. */
  setPreferences(patch: Partial<Preferences>): void {
    const before = this.#preferences;
    this.#preferences = { ...before, ...patch };
    savePreferences(this.#preferences);
    if (patch.theme) applyTheme(patch.theme);
    const tell = () => this.#preferenceListeners.forEach((listener) => listener());
    if (patch.language && patch.language !== before.language) void setLanguage(patch.language).then(tell);
    if ("backend" in patch && patch.backend !== before.backend) this.inputs.readAgain();
    tell();
  }

  /** @returns a function that ends the subscription. */
  onPreferences(listener: () => void): () => void {
    this.#preferenceListeners.add(listener);
    return () => void this.#preferenceListeners.delete(listener);
  }

  /** Brings back the inputs, options and result of the last visit. The engine starts with the first input. */
  async restore(): Promise<void> {
    const kept = await draft.load();
    if (kept) {
      const { result } = kept;
      this.store.update({
        mode: kept.mode,
        options: { ...EMPTY_STATE.options, ...kept.options },
        result: result
          ? {
              ...result,
              warnings: storedWarnings(result.warnings),
              url: URL.createObjectURL(result.output),
              beforeUrl: result.before ? URL.createObjectURL(result.before) : null,
            }
          : null,
        showResult: result !== null,
      });
      if (kept.picture) this.inputs.setPicture(kept.picture, kept.chosenFace);
      if (kept.video) this.inputs.setPicture(kept.video, kept.chosenFace);
      kept.voices.forEach((voice, place) => {
        if (voice) this.inputs.setVoice(voice, place as 0 | 1);
      });
    }
    this.store.update({ restored: true });
    void this.queue();
    if (kept?.jobId) void this.rendering.resume(kept.jobId);
    if (batchIsUnsent()) void this.batch();
    const offline = await watchUpdates((update) => this.store.update({ update }));
    this.store.update({ offline });
  }

  /** The durable queue; opened at the first call. */
  queue(): Promise<Queue> {
    this.#queue ??= import("./queue.ts").then(async ({ openQueue }) => {
      const queue = await openQueue(
        (job, context) => this.rendering.run(job, context),
        () => this.#preferences,
      );
      const show = () => this.#showRows(queue);
      queue.subscribe(show);
      show();
      return queue;
    });
    this.#queue.catch(() => (this.#queue = undefined));
    return this.#queue;
  }

  /** The models that the user added; opened at the first call. */
  models(): Promise<Models> {
    this.#models ??= import("./lip-models.ts").then(({ openModels }) =>
      openModels({
        lipSync: this.lipSync,
        preferences: () => this.#preferences,
        setPreferences: (patch) => this.setPreferences(patch),
        alone: (work) => this.#alone(work),
        hides: (id) => this.hides({ kind: "model", id }),
        deletes: (id, name, back) => this.delete({ kind: "model", id }, name, back),
        toast: (text) => this.toast(text),
        announce: (sentence) => this.announce(sentence),
      }),
    );
    this.#models.catch(() => (this.#models = undefined));
    return this.#models;
  }

  /** Jobs of many files; opened at the first call. */
  batch(): Promise<Batch> {
    this.#batch ??= import("./batch.ts").then(({ openBatch }) =>
      openBatch({
        store: this.store,
        queue: () => this.queue(),
        preferences: () => this.#preferences,
        toast: (text) => this.toast(text),
        announce: (sentence) => this.announce(sentence),
      }),
    );
    this.#batch.catch(() => (this.#batch = undefined));
    return this.#batch;
  }

  /** One model is open at a time, so a job and a model's trial wait for each other. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => undefined);
    return done;
  }

  /** Keeps the draft soon. */
  save(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = setTimeout(() => void this.#saveNow(), SAVE_DELAY_MS);
  }

  async #saveNow(): Promise<void> {
    clearTimeout(this.#saveTimer);
    const { state } = this;
    if (!state.restored) return;
    const { result } = state;
    await draft.save({
      mode: state.mode,
      picture: state.picture?.file ?? null,
      video: state.video?.file ?? null,
      chosenFace: subject(state)?.chosen ?? 0,
      voices: state.voices.map((voice) => voice?.file ?? null),
      options: state.options,
      result: result && withoutUrls(result),
      jobId: state.job?.id ?? null,
    });
  }

  /** Changes the job's options. */
  setOptions(patch: Partial<JobOptions>): void {
    this.store.update({ options: { ...this.state.options, ...patch }, failure: null });
    this.save();
  }

  /** Changes what the user starts from. */
  setMode(mode: Mode): void {
    this.store.update({ mode, failure: null, view: "stage" });
    this.save();
  }

  /** Shows a page, or the stage. */
  show(view: View): void {
    this.store.update({ view, sheet: null });
    if (view === "settings") void this.#measure();
  }

  async #measure(): Promise<void> {
    this.store.update({ storage: await measureStorage(await this.queue()) });
  }

  /** Changes how long finished jobs are kept, and applies it at once. */
  setRetention(patch: Partial<Preferences>): void {
    this.setPreferences(patch);
    void this.queue()
      .then((queue) => queue.api.tidy())
      .then(() => this.#measure());
  }

  /** Whether a thing is hidden: it is deleted unless Undo is pressed. */
  hides(thing: Deleted): boolean {
    return this.#deletions.pending.some(({ kind, id }) => kind === thing.kind && id === thing.id);
  }

  /**
   * Deletes a thing: hidden at once, removed when Undo was not pressed for a while or the page is left.
   * @param back is called when Undo brings it back.
   */
  delete(thing: Deleted, name: string, back: () => void = () => undefined): void {
    const bring = this.#deletions.remove([thing]);
    this.#note.showDeleted(name, () => {
      bring();
      back();
    });
  }

  /** Deletes the finished jobs, as {@link delete} does. */
  clearHistory(): void {
    const count = String(this.state.rows.filter(isFinished).length);
    this.toast(
      t.historyCleared(count),
      this.#deletions.remove([{ kind: "history", id: String(Date.now()) }]),
    );
  }

  async #carryOut({ kind, id }: Deleted): Promise<void> {
    if (kind === "model") {
      await (await this.models()).delete(id);
      return;
    }
    const queue = await this.queue();
    if (kind === "key") await queue.api.keys.revoke(id);
    else if (kind === "job") {
      if (await queue.row(id)) await queue.remove(id);
    } else await queue.clearFinished(Number(id));
    if (this.state.view === "settings") await this.#measure();
  }

  /** Shows the jobs that are not being deleted. */
  #showRows(queue?: Queue): void {
    if (!queue) {
      // Before the queue is open there is nothing to show.
      void this.#queue?.then((opened) => this.#showRows(opened));
      return;
    }
    this.store.update({ rows: remaining(queue.rows(), this.#deletions.pending) });
  }

  /** Opens a sheet beside the stage, or closes it when it is open. */
  toggleSheet(sheet: Sheet): void {
    this.store.update({ sheet: this.state.sheet === sheet ? null : sheet, view: "stage" });
  }

  /** Shows a note for ten seconds. */
  toast(text: string, undo?: () => void): void {
    this.#note.show(text, undo);
  }

  /** Shows what went wrong as a note. */
  toastError(code: ErrorCode, before = ""): void {
    void inWords().then(({ error }) => this.toast(before + error(code).title));
  }

  /** Hides the note. */
  dismissToast(): void {
    this.#note.dismiss();
  }

  /** Goes back to the inputs; the result stays until the next one is done. */
  changeAgain(): void {
    this.store.update({ showResult: false });
  }

  /** Empties the stage; Undo brings everything back. */
  startNew(): void {
    const { picture, video, voices, options, result, mode } = this.state;
    this.store.update({
      picture: null,
      video: null,
      voices: [null, null],
      result: null,
      showResult: false,
      failure: null,
      options: { ...options, mask: null },
    });
    this.save();
    this.toast(t.removed((picture ?? video)?.file.name ?? t.picture()), () => {
      this.store.update({ picture, video, voices, options, result, mode, showResult: result !== null });
      this.save();
    });
  }

  /** Removes everything that this browser kept; there is no way back. */
  async forget(): Promise<void> {
    this.rendering.cancel();
    const [queue, batch] = [await this.queue(), await this.batch()];
    // Without a private file system there is nothing to delete.
    const models = await this.models().catch(() => null);
    await removeEverything({ batch, queue, models }, () => {
      this.store.update({ ...EMPTY_STATE, restored: true, backend: this.state.backend, view: "settings" });
    });
    this.setPreferences({ lipModel: null });
    this.toast(t.sForgot());
  }
}
