import type { Mode } from "./state/model.ts";
import { t } from "./strings.ts";

/** Media of our own that can be tried with one click. */
export interface Sample {
  readonly label: () => string;
  readonly mode: Mode;
  /** A picture, or a video. */
  readonly picture: string;
  /** A picture of it. */
  readonly thumbnail: string;
  readonly voices: readonly string[];
  /** Part of the picture that a thumbnail shows, as a CSS position. */
  readonly focus: string;
}

const portrait = new URL("../../tests/fixtures/portrait.jpg", import.meta.url).href;
const voice = new URL("../../tests/fixtures/voice.mp3", import.meta.url).href;
const oldMan = new URL("./samples/old-man.jpg", import.meta.url).href;
const greeting = new URL("./samples/greeting.mp3", import.meta.url).href;
const twoPeople = new URL("./samples/two-people.jpg", import.meta.url).href;
const film = new URL("./samples/talk.mp4", import.meta.url).href;
const filmStill = new URL("./samples/talk.jpg", import.meta.url).href;
const question = new URL("./samples/question.mp3", import.meta.url).href;
const answer = new URL("./samples/answer.mp3", import.meta.url).href;

/** The samples, in the order in which they are offered. */
export const SAMPLES: readonly Sample[] = [
  { label: t.s1, mode: "photo", picture: portrait, thumbnail: portrait, voices: [voice], focus: "50% 30%" },
  { label: t.s4, mode: "photo", picture: oldMan, thumbnail: oldMan, voices: [greeting], focus: "50% 30%" },
  {
    label: t.s2,
    mode: "dialogue",
    picture: twoPeople,
    thumbnail: twoPeople,
    voices: [question, answer],
    focus: "center",
  },
  {
    label: t.video,
    mode: "video",
    picture: film,
    thumbnail: filmStill,
    voices: [question],
    focus: "50% 30%",
  },
];

/** The voice that goes with a picture of the user's own. */
export const SAMPLE_VOICE = voice;

/**
 * A sample as a file, as if it had been dropped.
 * @throws TypeError when the page's own server cannot be reached and the file is not cached.
 */
export async function fetchSample(url: string): Promise<File> {
  const response = await fetch(url);
  if (!response.ok) throw new TypeError(`${url} answered ${response.status}`);
  const blob = await response.blob();
  const name = decodeURIComponent(new URL(url, location.href).pathname.split("/").at(-1) ?? "sample");
  return new File([blob], name.replace(/-[\w-]{8}(\.\w+)$/, "$1"), { type: blob.type });
}
