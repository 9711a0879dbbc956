import type { LipModelInspection, LipSync } from "../../engine/lip-sync.ts";
import { EngineError } from "../../job/errors.ts";
import { createModelStore, type StoredModel } from "../../lip-models/model-store.ts";
import { READY_MANIFESTS, readyManifest } from "../../lip-models/manifest/ready-manifests.ts";
import { m } from "../model-strings.ts";
import type { Preferences, Problem } from "./studio-state.ts";
import { asProblem } from "./problem.ts";
import { createStore, type Store } from "./store.ts";
import { fileKind } from "./file-kind.ts";

/** What the engine found out about a model. */
export type Inspection = LipModelInspection;

/** A model file that was brought and is not kept yet. */
export interface Candidate {
  readonly file: File;
  /** Id of a ready manifest, the file of a manifest, or null for the engine's own proposal. */
  readonly manifest: string | File | null;
  readonly state: "trying" | "tried" | "keeping";
  /** Null while it is tried, and when the trial itself failed. */
  readonly found: Inspection | null;
  readonly problem: Problem | null;
  readonly accepted: boolean;
}

/** What the model manager shows. */
export interface ModelsState {
  /** Kept models, the newest first. */
  readonly installed: readonly StoredModel[];
  readonly candidate: Candidate | null;
  /** Why the last change of a kept model failed. */
  readonly problem: Problem | null;
}

/** What the model manager needs from the studio. */
export interface ModelsContext {
  readonly lipSync: LipSync;
  preferences(): Preferences;
  setPreferences(patch: Partial<Preferences>): void;
  /** Runs while no job does. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Whether a model is gone unless Undo is pressed. */
  hides(id: string): boolean;
  /** Hides a model, and calls {@link Models.delete} when Undo was not pressed, else `back`. */
  deletes(id: string, name: string, back: () => void): void;
  toast(text: string): void;
  announce(sentence: string): void;
}

/** The lip-sync models of this browser. */
export interface Models {
  readonly store: Store<ModelsState>;
  /** Ids of the manifests that come with the engine. */
  readonly readyIds: readonly string[];
  /** Takes an .onnx file, a manifest for the one that is being looked at, or both. */
  take(files: readonly File[]): Promise<void>;
  /** Tries the brought file once more with another manifest. */
  retry(manifest: Candidate["manifest"]): Promise<void>;
  accept(accepted: boolean): void;
  /** Keeps the brought model and chooses it. */
  keep(): Promise<void>;
  discard(): void;
  /** Chooses the lips of the next jobs; null for the engine's own. */
  choose(model: StoredModel | null): void;
  pin(id: string, pinned: boolean): Promise<void>;
  /** Hides a model now and deletes it when Undo was not pressed. */
  remove(model: StoredModel): void;
  /** Deletes a model for good, unless one of its id was kept since it was hidden. */
  delete(id: string): Promise<void>;
  /** Deletes all, the pinned ones too. */
  forget(): Promise<void>;
}

async function manifestOf(given: Candidate["manifest"]): Promise<object | null> {
  if (given === null) return null;
  if (typeof given === "string") return readyManifest(given);
  try {
    return JSON.parse(await given.text()) as object;
  } catch (cause) {
    throw new EngineError(
      "model/unsupported",
      `${given.name} is not valid JSON, so it cannot be a manifest. Correct it or go on without it.`,
      { cause },
    );
  }
}

/**
 * Opens the model manager.
 * @throws EngineError `storage/failed` where the browser has no private file system.
 */
export async function openModels(context: ModelsContext): Promise<Models> {
  const models = await createModelStore();
  const store = createStore<ModelsState>({ installed: [], candidate: null, problem: null });
  /** Models that were kept again since they were hidden. */
  const keptAgain = new Set<string>();

  async function refresh(): Promise<void> {
    const installed = await models.list();
    store.update({ installed: installed.filter(({ id }) => keptAgain.has(id) || !context.hides(id)) });
  }

  function patch(of: Candidate, change: Partial<Candidate>): void {
    const { candidate } = store.state;
    if (candidate?.file === of.file && candidate.manifest === of.manifest) {
      store.update({ candidate: { ...candidate, ...change } });
    }
  }

  async function tryOut(file: File, manifest: Candidate["manifest"]): Promise<void> {
    const candidate: Candidate = {
      file,
      manifest,
      state: "trying",
      found: null,
      problem: null,
      accepted: false,
    };
    store.update({ candidate, problem: null });
    context.announce(m.trying(file.name));
    try {
      const given = await manifestOf(manifest);
      const { backend } = context.preferences();
      const found = await context.alone(() =>
        context.lipSync.inspectModel(file, { manifest: given, backend }),
      );
      patch(candidate, { state: "tried", found });
      context.announce(found.selfTest?.passed ? m.usable(file.name) : m.unusable(file.name));
    } catch (error) {
      patch(candidate, { state: "tried", problem: asProblem(error) });
      context.announce(m.unusable(file.name));
    }
  }

  /** The manifest with the file's name, size and hash, under an id that no other file has. */
  function named({ file }: Candidate, found: Inspection): object {
    const manifest = found.manifest as { id: string; file?: object | null };
    const other = store.state.installed.find(({ id }) => id === manifest.id);
    const id =
      other && other.sha256 !== found.sha256
        ? `${manifest.id.slice(0, 55)}-${found.sha256.slice(0, 8)}`
        : manifest.id;
    return {
      ...manifest,
      id,
      file: { name: file.name, bytes: file.size, sha256: found.sha256, ...manifest.file },
    };
  }

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      store.update({ problem: null });
    } catch (error) {
      store.update({ problem: asProblem(error) });
    }
    await refresh();
  }

  function choose(model: StoredModel | null): void {
    context.setPreferences({ lipModel: model && { id: model.id, name: model.manifest.name } });
  }

  await refresh();
  return {
    store,
    readyIds: READY_MANIFESTS.map(({ id }) => id),
    async take(files) {
      const manifest = files.find((file) => fileKind(file) === "manifest") ?? null;
      const file = files.find((other) => fileKind(other) === "model") ?? store.state.candidate?.file;
      if (file) await tryOut(file, manifest);
      else if (manifest) context.toast(m.manifestAlone(manifest.name));
    },
    async retry(manifest) {
      const { candidate } = store.state;
      if (candidate) await tryOut(candidate.file, manifest);
    },
    accept(accepted) {
      const { candidate } = store.state;
      if (candidate) patch(candidate, { accepted });
    },
    async keep() {
      const { candidate } = store.state;
      if (candidate?.state !== "tried" || !candidate.found?.selfTest?.passed) return;
      patch(candidate, { state: "keeping", problem: null });
      try {
        const manifest = named(candidate, candidate.found);
        const kept = await models.add(candidate.file, manifest, { licenceAccepted: candidate.accepted });
        keptAgain.add(kept.id);
        choose(kept);
        store.update({ candidate: null });
        context.toast(m.kept(kept.manifest.name));
      } catch (error) {
        patch(candidate, { state: "tried", problem: asProblem(error) });
      }
      await refresh();
    },
    discard: () => store.update({ candidate: null }),
    choose,
    pin: (id, pinned) => attempt(() => models.pin(id, pinned)),
    remove(model) {
      const { id } = model;
      const chosen = context.preferences().lipModel?.id === id;
      if (chosen) choose(null);
      keptAgain.delete(id);
      context.deletes(id, model.manifest.name, () => {
        if (chosen) choose(model);
        void refresh();
      });
      void refresh();
    },
    async delete(id) {
      if (!keptAgain.has(id)) await attempt(() => models.delete(id));
    },
    async forget() {
      choose(null);
      store.update({ candidate: null });
      for (const { id, pinned } of await models.list()) {
        if (pinned) await models.pin(id, false);
        await models.delete(id);
      }
      await refresh();
    },
  };
}
