import type { EngineError } from "../job/errors.ts";

/** What the element says, by language. */
export interface Words {
  readonly generate: string;
  readonly cancel: string;
  readonly download: string;
  readonly again: string;
  readonly play: string;
  readonly stop: string;
  readonly voice: string;
  readonly left: string;
  readonly right: string;
  readonly choose: string;
  readonly record: string;
  readonly stopRecording: string;
  readonly noVoice: string;
  readonly stays: string;
  readonly ready: string;
  readonly speaking: string;
  readonly almost: string;
  readonly starting: string;
  readonly tryAgain: string;
  /** Asks for the click without which the browser lets no sound out. */
  readonly hear: string;
  /** Time left; a whole number of seconds. */
  timeLeft(seconds: number): string;
  /** Progress as a share of 1. */
  percent(fraction: number): string;
}

const ENGLISH: Words = {
  generate: "Generate",
  cancel: "Cancel",
  download: "Download",
  again: "Change",
  play: "Play",
  stop: "Stop",
  voice: "Voice",
  left: "Left",
  right: "Right",
  choose: "Choose a voice",
  record: "Record a voice",
  stopRecording: "Stop recording",
  noVoice: "No voice yet",
  stays: "Stays on this device",
  ready: "Ready",
  speaking: "Speaking",
  almost: "almost done",
  starting: "Starting",
  tryAgain: "Try again",
  hear: "Click to hear",
  timeLeft: (seconds) => `${seconds} s left`,
  percent: (fraction) => `${Math.floor(fraction * 100)}%`,
};

const TURKISH: Words = {
  generate: "Oluştur",
  cancel: "İptal et",
  download: "İndir",
  again: "Değiştir",
  play: "Oynat",
  stop: "Durdur",
  voice: "Ses",
  left: "Sol",
  right: "Sağ",
  choose: "Ses seç",
  record: "Ses kaydet",
  stopRecording: "Kaydı durdur",
  noVoice: "Henüz ses yok",
  stays: "Bu aygıttan çıkmaz",
  ready: "Hazır",
  speaking: "Konuşuyor",
  almost: "bitmek üzere",
  starting: "Başlıyor",
  tryAgain: "Yeniden dene",
  hear: "Duymak için tıkla",
  timeLeft: (seconds) => `${seconds} sn kaldı`,
  percent: (fraction) => `%${Math.floor(fraction * 100)}`,
};

/** The words of a language tag; English where there are none. */
export function wordsFor(language: string): Words {
  return language.toLowerCase().startsWith("tr") ? TURKISH : ENGLISH;
}

/** What an error says: the engine's own sentence, or the Turkish one of its code, which is loaded then. */
export async function errorText({ code, message }: EngineError, language: string): Promise<string> {
  if (wordsFor(language) === ENGLISH) return message;
  const { errorTemplates } = await import("../job/errors-tr.ts");
  return `${errorTemplates[`${code}.title`]!}. ${errorTemplates[`${code}.body`]!}`;
}

/** The language at an element: the nearest `lang`, through shadow roots, else the document's. */
export function languageAt(element: Element): string {
  let node: Element | null = element;
  while (node) {
    const found: Element | null = node.closest("[lang]");
    if (found) return found.getAttribute("lang") ?? "";
    const root: Node = node.getRootNode();
    node = root instanceof ShadowRoot ? root.host : null;
  }
  return element.ownerDocument.documentElement.lang;
}
