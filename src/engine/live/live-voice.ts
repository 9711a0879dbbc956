import { toBlob, type MediaInput } from "../jobs/media-input.ts";

/** What a live portrait can speak: the media of the jobs, or a decoded sound. */
export type LiveVoice = MediaInput | AudioBuffer;

const HEADER_BYTES = 44;
const FLOAT_FORMAT = 3;

/** A decoded sound as a WAV file of 32-bit floats, its samples unchanged. */
function wavOf(sound: AudioBuffer): Blob {
  const { numberOfChannels: channels, length, sampleRate } = sound;
  const bytes = length * channels * 4;
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  const ascii = (at: number, text: string) =>
    [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  ascii(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + bytes, true);
  ascii(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, FLOAT_FORMAT, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * 4, true);
  view.setUint16(32, channels * 4, true);
  view.setUint16(34, 32, true);
  ascii(36, "data");
  view.setUint32(40, bytes, true);
  const samples = new Float32Array(length * channels);
  for (let channel = 0; channel < channels; channel++) {
    const plane = sound.getChannelData(channel);
    for (let i = 0; i < length; i++) samples[i * channels + channel] = plane[i]!;
  }
  return new Blob([view, samples], { type: "audio/wav" });
}

/**
 * The voice as a file.
 * @throws EngineError `input/missing`, `input/fetch`, `input/field`.
 */
export async function voiceBlob(voice: LiveVoice): Promise<Blob> {
  return voice instanceof AudioBuffer ? wavOf(voice) : toBlob(voice, "audio");
}

/** The bytes of a voice that is raw samples, as if they arrived; throws what {@link voiceBlob} throws. */
export async function* voiceBytes(voice: LiveVoice): AsyncGenerator<Uint8Array> {
  const reader = (await voiceBlob(voice)).stream().getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    yield value;
  }
}
