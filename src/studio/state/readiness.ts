import { formatNumber } from "../format.ts";
import { t } from "../strings.ts";
import type { PictureInput, Preferences, StudioState, VoiceInput } from "./studio-state.ts";

/** Degrees to the side beyond which the engine animates no face. */
export const TURN_LIMIT_DEG = 45;

/** What the current mode starts from: the picture or the video. */
export function subject(state: StudioState): PictureInput | null {
  return state.mode === "video" ? state.video : state.picture;
}

/** Whether the browser cannot show the file as a picture, for instance an iPhone's HEIC outside Safari. */
export function isUndecodable({ problem }: PictureInput): boolean {
  return problem !== null && /^(input\/image|codec\/)/.test(problem.code);
}

/** The voices that the current mode uses, in order. */
export function usedVoices(state: StudioState): readonly (VoiceInput | null)[] {
  return state.mode === "dialogue" ? state.voices : [state.voices[0]];
}

/**
 * Why Generate cannot be pressed.
 * @returns a sentence, or null when everything is there.
 */
export function missing(state: StudioState): string | null {
  const { mode } = state;
  const picture = subject(state);
  const voices = usedVoices(state);
  const lacksVoice = voices.some((voice) => !voice);
  const needSubject = mode === "video" ? t.needVideo : t.needPicture;
  if (!picture && voices.every((voice) => !voice)) return mode === "video" ? t.needVideoBoth() : t.needBoth();
  if (!picture) return needSubject();
  if (picture.problem) return picture.problem.code === "input/no-face" ? t.needFace() : needSubject();
  if (lacksVoice) return mode === "dialogue" ? t.needVoices() : t.needVoice();
  if (voices.some((voice) => voice?.problem)) return t.needVoice();
  if (!picture.faces || voices.some((voice) => voice?.durationSeconds === null)) return t.needRead();
  if (mode === "dialogue" && picture.faces.length < 2) return t.needTwoFaces();
  const speaking = mode === "dialogue" ? picture.faces.slice(0, 2) : [picture.faces[picture.chosen]];
  const turned = Math.max(...speaking.map((face) => Math.abs(face?.yawDeg ?? 0)));
  if (mode !== "video" && !state.options.mask && turned > TURN_LIMIT_DEG) {
    return t.needStraight(formatNumber(Math.ceil(turned)));
  }
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
  const parts = [subject(state)?.file.name ?? "", state.voices[0]?.file.name ?? ""].map(baseName);
  return parts.filter(Boolean).join("-").slice(0, 80);
}

/** Tells two sets of inputs and options apart; not a hash of the contents. */
export function fingerprint(state: StudioState): string {
  const file = (value: File | undefined) =>
    value ? `${value.name}:${value.size}:${value.lastModified}` : "";
  const { resolution, prompt, seed, order, mask } = state.options;
  return JSON.stringify([
    state.mode,
    file(subject(state)?.file),
    subject(state)?.chosen,
    ...usedVoices(state).map((voice) => file(voice?.file)),
    resolution,
    prompt.trim(),
    seed.trim(),
    state.mode === "dialogue" ? order : "",
    mask?.size ?? 0,
  ]);
}

/** The picture that a live face is made of; a video has none. */
export function livePicture(state: StudioState): File | null {
  const picture = subject(state);
  return picture?.kind === "picture" && !picture.problem ? picture.file : null;
}
