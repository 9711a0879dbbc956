import type { LipSync } from "../../engine/lip-sync.ts";
import { asProblem } from "./problem.ts";
import { t } from "../strings.ts";
import type { PictureInput, Preferences, Problem, StudioState, VoiceInput } from "./studio-state.ts";
import { firstFrame } from "./first-frame.ts";
import { subject } from "./readiness.ts";
import type { Store } from "./store.ts";
import { fileKind } from "./file-kind.ts";

/** A voice's place: the only one or the left one, the right one. */
export type VoicePlace = 0 | 1;

/** What the inputs need from the studio. */
export interface InputsContext {
  readonly store: Store<StudioState>;
  readonly lipSync: LipSync;
  preferences(): Preferences;
  /** The engine ran, so its models are here. */
  modelsFetched(): void;
  /** Keeps the draft. */
  save(): void;
  /** Opens lip-sync models and their manifests. */
  takeModel(files: readonly File[]): void;
  /** Opens files of which several jobs are to be made. */
  takeBatch(files: readonly File[]): void;
  /** Shows a note, with a way back where there is one. */
  toast(text: string, undo?: () => void): void;
}

/** The user's material: taken, read, replaced, removed. */
export interface Inputs {
  /** Sorts dropped, pasted or chosen files into their places; `place` says where a voice goes. */
  take(files: readonly File[], place?: VoicePlace): void;
  setPicture(file: File, chosen?: number): void;
  setVoice(file: File, place: VoicePlace): void;
  removePicture(): void;
  removeVoice(place: VoicePlace): void;
  swapVoices(): void;
  /** Makes a face speak; in a video, the same one again leaves the choice to the engine. */
  chooseFace(index: number): void;
  /** Reads both again, for instance on another backend. */
  readAgain(): void;
}

/** The choice that a reading with so many faces leaves. */
const chosenOf = ({ kind, chosen }: PictureInput, faces: number): number =>
  kind === "video" && faces > 1 ? Math.min(chosen, faces - 1) : Math.max(0, Math.min(chosen, faces - 1));

/** Whether several jobs are to be made of files: a table of them, or more voices than faces can speak with. */
export function isBatch(files: readonly File[], state: StudioState): boolean {
  const kinds = files.map(fileKind);
  if (kinds.includes("table")) return true;
  if (kinds.includes("model")) return false;
  const media = kinds.some((kind) => kind === "picture" || kind === "voice" || kind === "video");
  if (state.sheet === "batch" && media) return true;
  const voices = kinds.filter((kind) => kind === "voice").length;
  const alone = !kinds.includes("picture") && (state.mode === "video" || state.picture?.faces?.length === 1);
  return voices > 2 || (voices === 2 && alone && state.mode !== "dialogue");
}

/** Starts the {@link Inputs}. */
export function createInputs(context: InputsContext): Inputs {
  const { store, lipSync } = context;
  const listening: [AbortController | null, AbortController | null] = [null, null];

  const patchPicture = (url: string, patch: Partial<PictureInput>) => {
    const { picture, video } = store.state;
    if (picture?.url === url) store.update({ picture: { ...picture, ...patch } });
    if (video?.url === url) store.update({ video: { ...video, ...patch } });
  };
  const patchVoice = (url: string, patch: Partial<VoiceInput>) => {
    const voices = store.state.voices.map((voice) =>
      voice?.url === url ? { ...voice, ...patch } : voice,
    ) as unknown as StudioState["voices"];
    store.update({ voices });
  };

  async function readPicture(picture: PictureInput): Promise<void> {
    try {
      const frame = picture.kind === "video" ? await firstFrame(picture.url) : null;
      if (picture.kind === "video" && !frame) {
        patchPicture(picture.url, { faces: [], unseen: true });
        return;
      }
      if (frame) patchPicture(picture.url, { durationSeconds: frame.durationSeconds });
      const { backend } = context.preferences();
      const facts = await lipSync.analysePicture(frame?.picture ?? picture.file, { backend });
      const problem: Problem | null =
        facts.faces.length > 0 || picture.kind === "video"
          ? null
          : { code: "input/no-face", message: `No face was found in ${picture.file.name}.` };
      patchPicture(picture.url, {
        width: facts.width,
        height: facts.height,
        faces: facts.faces,
        chosen: chosenOf(picture, facts.faces.length),
        ...(picture.kind === "picture" && facts.preview ? { shown: URL.createObjectURL(facts.preview) } : {}),
        problem,
      });
      store.update({ backend: facts.backend });
      context.modelsFetched();
    } catch (error) {
      patchPicture(picture.url, { faces: [], problem: asProblem(error) });
    }
  }

  async function readVoice(voice: VoiceInput, place: VoicePlace): Promise<void> {
    listening[place]?.abort();
    const controller = new AbortController();
    listening[place] = controller;
    try {
      const facts = await lipSync.analyseVoice(voice.file, {
        signal: controller.signal,
        backend: context.preferences().backend,
        onWave: ({ durationSeconds, envelope, warnings }) =>
          patchVoice(voice.url, { durationSeconds, envelope, warnings }),
      });
      patchVoice(voice.url, { ...facts });
    } catch (error) {
      if (!controller.signal.aborted) patchVoice(voice.url, { problem: asProblem(error) });
    }
  }

  const inputs: Inputs = {
    setPicture(file, chosen) {
      const kind = fileKind(file) === "video" ? "video" : "picture";
      const url = URL.createObjectURL(file);
      const picture: PictureInput = {
        kind,
        file,
        url,
        shown: url,
        width: 0,
        height: 0,
        faces: null,
        chosen: chosen ?? (kind === "video" ? -1 : 0),
        durationSeconds: 0,
        unseen: false,
        problem: null,
      };
      const options = {
        ...store.state.options,
        mask: store.state.restored ? null : store.state.options.mask,
      };
      store.update({
        ...(kind === "video" ? { video: picture } : { picture }),
        options,
        failure: null,
        tool: null,
        ...(store.state.restored ? { showResult: false } : {}),
      });
      context.save();
      void readPicture(picture);
    },
    setVoice(file, place) {
      const voice: VoiceInput = {
        file,
        url: URL.createObjectURL(file),
        durationSeconds: null,
        envelope: null,
        aperture: null,
        spans: null,
        warnings: [],
        problem: null,
      };
      const [left, right] = store.state.voices;
      store.update({
        voices: place === 0 ? [voice, right] : [left, voice],
        failure: null,
        ...(store.state.restored ? { showResult: false } : {}),
      });
      context.save();
      void readVoice(voice, place);
    },
    take(files, place) {
      if (place === undefined && isBatch(files, store.state)) {
        const pictures = files.filter((file) => fileKind(file) === "picture");
        if (pictures.length === 1 && store.state.sheet !== "batch") {
          if (store.state.mode === "video") store.update({ mode: "photo" });
          inputs.setPicture(pictures[0]!);
        }
        context.takeBatch(files);
        return;
      }
      const free: VoicePlace[] =
        place !== undefined
          ? [place]
          : store.state.mode === "dialogue" && store.state.voices[0]
            ? [1, 0]
            : [0, 1];
      const ofModels = files.filter((file) => ["model", "manifest"].includes(fileKind(file)));
      if (ofModels.length > 0) context.takeModel(ofModels);
      for (const file of files) {
        if (ofModels.includes(file)) continue;
        const kind = fileKind(file);
        const { mode, video } = store.state;
        if (kind === "picture" || (kind === "video" && place === undefined && !(mode === "video" && video))) {
          if (kind === "video") store.update({ mode: "video" });
          else if (mode === "video") store.update({ mode: "photo" });
          inputs.setPicture(file);
        } else if (kind === "unknown") context.toast(t.unknownFile(file.name));
        else {
          const next = free.shift() ?? 1;
          if (next === 1 && store.state.mode === "photo" && place === undefined) {
            store.update({ mode: "dialogue" });
          }
          inputs.setVoice(file, next);
          if (kind === "video") context.toast(t.soundOf(file.name));
        }
      }
    },
    removePicture() {
      const { mode, options } = store.state;
      const picture = subject(store.state);
      if (!picture) return;
      const put = (value: PictureInput | null) => (mode === "video" ? { video: value } : { picture: value });
      store.update({ ...put(null), failure: null, tool: null, options: { ...options, mask: null } });
      context.save();
      context.toast(t.removed(picture.file.name), () => {
        store.update({ ...put(picture), options: { ...store.state.options, mask: options.mask } });
        context.save();
      });
    },
    removeVoice(place) {
      const voice = store.state.voices[place];
      if (!voice) return;
      const put = (value: VoiceInput | null) => {
        const [left, right] = store.state.voices;
        store.update({ voices: place === 0 ? [value, right] : [left, value], failure: null });
        context.save();
      };
      put(null);
      context.toast(t.removed(voice.file.name), () => put(voice));
    },
    swapVoices() {
      const [left, right] = store.state.voices;
      store.update({ voices: [right, left] });
      context.save();
    },
    chooseFace(index) {
      const { options } = store.state;
      const picture = subject(store.state);
      if (!picture?.faces?.[index]) return;
      const again = picture.kind === "video" && picture.chosen === index;
      patchPicture(picture.url, { chosen: again ? -1 : index });
      store.update({
        options: { ...options, mask: null },
        failure: null,
      });
      context.save();
    },
    readAgain() {
      const { picture, video, voices } = store.state;
      for (const visual of [picture, video]) {
        if (!visual) continue;
        patchPicture(visual.url, { faces: null, problem: null });
        void readPicture({ ...visual, faces: null, problem: null });
      }
      voices.forEach((voice, place) => {
        if (!voice) return;
        patchVoice(voice.url, { problem: null });
        void readVoice({ ...voice, problem: null }, place as VoicePlace);
      });
    },
  };
  return inputs;
}
