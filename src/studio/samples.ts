import type { Mode } from "./state/studio-state.ts";
import { t } from "./strings.ts";

/** Media that can be tried with one click; loaded then, but for their thumbnails. */
export interface Sample {
  readonly label: () => string;
  /** Whose work it is and who reads, as their licences ask; see `samples/manifest.json`. */
  readonly credit: string;
  readonly mode: Mode;
  /** A picture, or a video. */
  readonly picture: string;
  /** A small picture of it. */
  readonly thumbnail: string;
  readonly voices: readonly string[];
}

const monaLisa = new URL("./samples/portraits/mona-lisa.jpg", import.meta.url).href;
const donnaVelata = new URL("./samples/portraits/donna-velata.jpg", import.meta.url).href;
const elizabethChanler = new URL("./samples/portraits/elizabeth-chanler.jpg", import.meta.url).href;
const astronaut = new URL("./samples/portraits/astronaut.jpg", import.meta.url).href;
const twoPaintings = new URL("./samples/portraits/two-paintings.jpg", import.meta.url).href;
const film = new URL("./samples/talk.mp4", import.meta.url).href;

const sonnet = new URL("./samples/voices/sonnet-en.mp3", import.meta.url).href;
const simplicissimus = new URL("./samples/voices/simplicissimus-de.mp3", import.meta.url).href;
const persuasion = new URL("./samples/voices/persuasion-es.mp3", import.meta.url).href;
const merhaba = new URL("./samples/voices/merhaba-tr.mp3", import.meta.url).href;
const resemblance = new URL("./samples/voices/resemblance-en.mp3", import.meta.url).href;
const surpassed = new URL("./samples/voices/surpassed-en.mp3", import.meta.url).href;
const question = new URL("./samples/question.mp3", import.meta.url).href;

/** The samples, in the order in which they are offered. */
export const SAMPLES: readonly Sample[] = [
  {
    label: () => "Mona Lisa",
    credit: "Leonardo da Vinci · Shakespeare, LibriVox",
    mode: "photo",
    picture: monaLisa,
    thumbnail: new URL("./samples/thumbnails/mona-lisa.jpg", import.meta.url).href,
    voices: [sonnet],
  },
  {
    label: () => "La Velata",
    credit: "Raffaello · Grimmelshausen, LibriVox",
    mode: "photo",
    picture: donnaVelata,
    thumbnail: new URL("./samples/thumbnails/donna-velata.jpg", import.meta.url).href,
    voices: [simplicissimus],
  },
  {
    label: () => "E. Chanler",
    credit: "John Singer Sargent · Jane Austen, LibriVox / MLS (CC BY 4.0)",
    mode: "photo",
    picture: elizabethChanler,
    thumbnail: new URL("./samples/thumbnails/elizabeth-chanler.jpg", import.meta.url).href,
    voices: [persuasion],
  },
  {
    label: () => "NASA",
    credit: "NASA (no endorsement) · eSpeak NG",
    mode: "photo",
    picture: astronaut,
    thumbnail: new URL("./samples/thumbnails/astronaut.jpg", import.meta.url).href,
    voices: [merhaba],
  },
  {
    label: t.s2,
    credit: "Leonardo da Vinci, Raffaello · Kathleen (CC0), Linda Johnson (LJ Speech)",
    mode: "dialogue",
    picture: twoPaintings,
    thumbnail: new URL("./samples/thumbnails/two-paintings.jpg", import.meta.url).href,
    voices: [resemblance, surpassed],
  },
  {
    label: t.video,
    credit: "CC0 · CMU Flite",
    mode: "video",
    picture: film,
    thumbnail: new URL("./samples/talk.jpg", import.meta.url).href,
    voices: [question],
  },
];

/** The first sample of a kind. */
export function sampleOf(mode: Mode): Sample {
  return SAMPLES.find((sample) => sample.mode === mode)!;
}

/** The name that a sample's file has once it is fetched. */
function fileName(url: string): string {
  const name = decodeURIComponent(new URL(url, location.href).pathname.split("/").at(-1) ?? "sample");
  return name.replace(/-[\w-]{8}(\.\w+)$/, "$1");
}

/** Whether a result was made of a sample's picture, by the result's name. */
export function isOfSample(name: string): boolean {
  return SAMPLES.some(({ picture }) => name.startsWith(`${fileName(picture).replace(/\.\w+$/, "")}-`));
}

/** The voice that goes with a picture of the user's own. */
export const SAMPLE_VOICE = sonnet;

/**
 * A sample as a file, as if it had been dropped.
 * @throws TypeError when the page's own server cannot be reached and the file is not cached.
 */
export async function fetchSample(url: string): Promise<File> {
  const response = await fetch(url);
  if (!response.ok) throw new TypeError(`${url} answered ${response.status}`);
  const blob = await response.blob();
  return new File([blob], fileName(url), { type: blob.type });
}
