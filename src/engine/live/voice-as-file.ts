import { wavHeader } from "../../core/wav.ts";
import { toBlob, type MediaInput } from "../jobs/media-input.ts";

/** What a live portrait can speak: the media of the jobs, or a decoded sound. */
export type LiveVoice = MediaInput | AudioBuffer;

/** A decoded sound as a WAV file of 32-bit floats, its samples unchanged. */
function wavOf(sound: AudioBuffer): Blob {
  const { numberOfChannels: channels, length, sampleRate } = sound;
  const samples = new Float32Array(length * channels);
  for (let channel = 0; channel < channels; channel++) {
    const plane = sound.getChannelData(channel);
    for (let i = 0; i < length; i++) samples[i * channels + channel] = plane[i]!;
  }
  const header = wavHeader({ sampleRateHz: sampleRate, channels, encoding: "f32" }, samples.byteLength);
  return new Blob([header, samples], { type: "audio/wav" });
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
