import { t } from "../strings.ts";
import type { Preferences, StudioState, VoiceInput } from "./model.ts";

/** The voices that the current mode uses, in order. */
export function usedVoices(state: StudioState): readonly (VoiceInput | null)[] {
  return state.mode === "dialogue" ? state.voices : [state.voices[0]];
}

/**
 * Why Generate cannot be pressed.
 * @returns a sentence, or null when everything is there.
 */
export function missing(state: StudioState): string | null {
  const { picture, mode } = state;
  const voices = usedVoices(state);
  const lacksVoice = voices.some((voice) => !voice);
  if (!picture && voices.every((voice) => !voice)) return t.needBoth();
  if (!picture) return t.needPicture();
  if (picture.problem) return picture.problem.code === "input/no-face" ? t.needFace() : t.needPicture();
  if (lacksVoice) return mode === "dialogue" ? t.needVoices() : t.needVoice();
  if (voices.some((voice) => voice?.problem)) return t.needVoice();
  if (!picture.faces || voices.some((voice) => voice?.durationSeconds === null)) return t.needRead();
  if (mode === "dialogue" && picture.faces.length < 2) return t.needTwoFaces();
  if (!seedIsValid(state.options.seed)) return t.seedBad();
  return null;
}

/** Whether a typed seed is a whole number or empty. */
export function seedIsValid(seed: string): boolean {
  return seed.trim() === "" || (/^-?\d+$/.test(seed.trim()) && Number.isSafeInteger(Number(seed)));
}

/** Length of the output in seconds as far as it is known. */
export function jobSeconds(state: StudioState): number {
  const [left = 0, right = 0] = usedVoices(state).map((voice) => voice?.durationSeconds ?? 0);
  return state.mode === "dialogue" && state.options.order !== "meanwhile"
    ? left + right
    : Math.max(left, right);
}

/**
 * Seconds that rendering will take, by what was measured here before.
 * @returns null before anything was measured.
 */
export function estimateSeconds(state: StudioState, { pace }: Preferences): number | null {
  const known = pace[state.options.resolution];
  return known === undefined ? null : Math.max(1, Math.ceil(known * jobSeconds(state)));
}

const baseName = (name: string) => name.replace(/\.[^.]+$/, "");

/** A file name for the result, without extension, from the names of the inputs. */
export function outputName(state: StudioState): string {
  const parts = [state.picture?.file.name ?? "", state.voices[0]?.file.name ?? ""].map(baseName);
  return parts.filter(Boolean).join("-").slice(0, 80);
}

/** Tells two sets of inputs and options apart; not a hash of the contents. */
export function fingerprint(state: StudioState): string {
  const file = (value: File | undefined) =>
    value ? `${value.name}:${value.size}:${value.lastModified}` : "";
  const { resolution, prompt, seed, order, mask } = state.options;
  return JSON.stringify([
    state.mode,
    file(state.picture?.file),
    state.picture?.chosen,
    ...usedVoices(state).map((voice) => file(voice?.file)),
    resolution,
    prompt.trim(),
    seed.trim(),
    state.mode === "dialogue" ? order : "",
    mask?.size ?? 0,
  ]);
}
