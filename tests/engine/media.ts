import { wavHeader } from "../../src/core/wav.ts";

/** Small media for the engine's tests, made on the spot. */

/** A mono 16-bit WAV file of the samples in [-1, 1]. */
export function wavOf(samples: Float32Array, sampleRateHz = 16_000): File {
  const data = Int16Array.from(samples, (value) => Math.max(-1, Math.min(1, value)) * 32767);
  const header = wavHeader({ sampleRateHz, encoding: "s16" }, data.byteLength);
  return new File([header, data], "voice.wav", { type: "audio/wav" });
}

/** Silence of the given length. */
export function silence(seconds: number): File {
  return wavOf(new Float32Array(Math.round(seconds * 16_000)));
}

/** A file of the project by its path below `tests/fixtures`. */
export async function fixture(name: string): Promise<File> {
  const response = await fetch(new URL(`../fixtures/${name}`, import.meta.url));
  if (!response.ok) throw new Error(`tests/fixtures/${name}: ${response.status}`);
  return new File([await response.blob()], name);
}

/** The bundled voice cut to its first seconds (frames of MP3 can be cut anywhere). */
export async function shortVoice(seconds: number): Promise<File> {
  const whole = await fixture("voice.mp3");
  const bytesPerSecond = 48_000 / 8;
  return new File([whole.slice(0, Math.round(seconds * bytesPerSecond))], "short.mp3");
}

/** A picture drawn on a canvas. */
export async function pictureOf(
  width: number,
  height: number,
  draw: (context: OffscreenCanvasRenderingContext2D) => void,
): Promise<File> {
  const canvas = new OffscreenCanvas(width, height);
  draw(canvas.getContext("2d")!);
  return new File([await canvas.convertToBlob({ type: "image/png" })], "picture.png", { type: "image/png" });
}
