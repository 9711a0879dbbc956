import type { AudioSource } from "./audio/audio-source.ts";

/** URLs of the project's own small media (see `tests/fixtures/README.md`), by file name. */
const FIXTURES = import.meta.glob<string>("../../tests/fixtures/media/*.*", {
  query: "?url",
  import: "default",
  eager: true,
});

/** One of the small files in `tests/fixtures/media`. */
export async function fixtureFile(name: string): Promise<File> {
  const url = FIXTURES[`../../tests/fixtures/media/${name}`];
  if (!url) throw new Error(`tests/fixtures/media/${name} is missing`);
  return new File([await (await fetch(url)).blob()], name);
}

/** What a WAV file made in code should hold. */
export interface WavOptions {
  readonly sampleRateHz: number;
  readonly channels?: number;
  readonly bits?: 8 | 16 | 24 | 32;
  readonly float?: boolean;
  /** Sample of one channel at an instant, in [-1, 1]. */
  readonly signal: (seconds: number, channel: number) => number;
  readonly seconds: number;
}

/** A WAV file made in code. */
export function wav({
  sampleRateHz,
  channels = 1,
  bits = 16,
  float = false,
  signal,
  seconds,
}: WavOptions): Blob {
  const frames = Math.round(seconds * sampleRateHz);
  const block = (channels * bits) / 8;
  const bytes = new Uint8Array(44 + frames * block);
  const view = new DataView(bytes.buffer);
  const text = (at: number, letters: string) => bytes.set(new TextEncoder().encode(letters), at);
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, float ? 3 : 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * block, true);
  view.setUint16(32, block, true);
  view.setUint16(34, bits, true);
  text(36, "data");
  view.setUint32(40, frames * block, true);
  for (let i = 0; i < frames; i++) {
    for (let channel = 0; channel < channels; channel++) {
      const value = signal(i / sampleRateHz, channel);
      const at = 44 + i * block + (channel * bits) / 8;
      if (float) view.setFloat32(at, value, true);
      else if (bits === 8) view.setUint8(at, Math.round(value * 127) + 128);
      else if (bits === 16) view.setInt16(at, Math.round(value * 32_767), true);
      else if (bits === 32) view.setInt32(at, Math.round(value * 2_147_483_647), true);
      else {
        const whole = Math.round(value * 8_388_607);
        view.setInt16(at, whole & 0xffff, true);
        view.setInt8(at + 2, whole >> 16);
      }
    }
  }
  return new Blob([bytes], { type: "audio/wav" });
}

/** A tone of half the full scale. */
export const tone = (hz: number) => (seconds: number) => 0.5 * Math.sin(2 * Math.PI * hz * seconds);

/** The instant in seconds of the largest magnitude of the first channel, at 48 kHz. */
export async function peakSeconds(audio: AudioSource): Promise<number> {
  let peak = 0;
  let at = 0;
  for await (const { planes, startFrame, sampleRateHz } of audio.chunks()) {
    planes[0]!.forEach((value, i) => {
      if (Math.abs(value) <= peak) return;
      peak = Math.abs(value);
      at = (startFrame + i) / sampleRateHz;
    });
  }
  return at;
}

/** The code of the error that `work` rejects with; undefined when it does not. */
export async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => (error as { code?: unknown }).code,
  );
}
