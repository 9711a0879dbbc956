import { correlation } from "../../src/core/correlation.ts";

/** A picture as it arrived: when, and the mouth in 24 × 24 pixels' green. */
export interface SeenMouth {
  readonly ms: number;
  readonly pixels: Float32Array;
}

/** What arrived at the other end of a call. */
export interface Received {
  readonly mouths: readonly SeenMouth[];
  /** Mono samples. */
  readonly samples: Float32Array;
  readonly sampleRate: number;
  /** When the first sample arrived. */
  readonly startMs: number;
}

/** Where to look, as shares of the picture. */
export interface MouthBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The mouth of `tests/fixtures/portrait.jpg` with what the lower lip moves over. */
export const PORTRAIT_MOUTH: MouthBox = { x: 0.41, y: 0.55, width: 0.17, height: 0.11 };

interface Reader<T> {
  readonly readable: ReadableStream<T>;
}
type ReaderOf = new <T>(init: { track: MediaStreamTrack }) => Reader<T>;

/** Sends a stream through two peer connections of this page. */
export async function loopback(stream: MediaStream): Promise<{ received: MediaStream; close(): void }> {
  const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
  here.onicecandidate = ({ candidate }) => void there.addIceCandidate(candidate ?? undefined);
  there.onicecandidate = ({ candidate }) => void here.addIceCandidate(candidate ?? undefined);
  const arriving = new Promise<MediaStream>((resolve) => {
    there.ontrack = ({ streams }) => {
      if (streams[0]!.getTracks().length === stream.getTracks().length) resolve(streams[0]!);
    };
  });
  for (const track of stream.getTracks()) here.addTrack(track, stream);
  await here.setLocalDescription(await here.createOffer());
  await there.setRemoteDescription(here.localDescription!);
  await there.setLocalDescription(await there.createAnswer());
  await here.setRemoteDescription(there.localDescription!);
  return {
    received: await arriving,
    close() {
      here.close();
      there.close();
    },
  };
}

/** Begins to watch and hear a stream; the function ends it. */
export function watch(stream: MediaStream, box: MouthBox): () => Promise<Received> {
  const { MediaStreamTrackProcessor: Processor } = globalThis as unknown as {
    MediaStreamTrackProcessor: ReaderOf;
  };
  // Chromium hands a call's media on only while an element plays it.
  const player = document.createElement("video");
  player.muted = true;
  player.srcObject = stream;
  void player.play();
  const mouths: SeenMouth[] = [];
  const parts: Float32Array[] = [];
  const starts: number[] = [];
  let [length, sampleRate] = [0, 48_000];
  const pixels = new OffscreenCanvas(24, 24).getContext("2d", { willReadFrequently: true })!;
  const [video] = stream.getVideoTracks();
  const [audio] = stream.getAudioTracks();
  const pictures = new Processor<VideoFrame>({ track: video! }).readable.getReader();
  const sounds = new Processor<AudioData>({ track: audio! }).readable.getReader();

  async function look(): Promise<void> {
    for (;;) {
      const { value: frame, done } = await pictures.read();
      if (done) return;
      const { displayWidth: w, displayHeight: h } = frame;
      pixels.drawImage(frame, box.x * w, box.y * h, box.width * w, box.height * h, 0, 0, 24, 24);
      frame.close();
      const { data } = pixels.getImageData(0, 0, 24, 24);
      mouths.push({
        ms: performance.now(),
        pixels: Float32Array.from({ length: 576 }, (_, i) => data[4 * i + 1]!),
      });
    }
  }
  async function listen(): Promise<void> {
    for (;;) {
      const { value: sound, done } = await sounds.read();
      if (done) return;
      const plane = new Float32Array(sound.numberOfFrames);
      sound.copyTo(plane, { planeIndex: 0, format: "f32-planar" });
      ({ sampleRate } = sound);
      sound.close();
      length += plane.length;
      // A block arrives when its last sample was there.
      starts.push(performance.now() - (1000 * length) / sampleRate);
      parts.push(plane);
    }
  }
  const work = Promise.all([look(), listen()]);
  return async () => {
    await Promise.all([pictures.cancel(), sounds.cancel()]);
    await work;
    player.srcObject = null;
    const samples = new Float32Array(length);
    let at = 0;
    for (const part of parts) {
      samples.set(part, at);
      at += part.length;
    }
    const startMs = [...starts].sort((a, b) => a - b)[Math.floor(starts.length / 2)] ?? 0;
    return { mouths, samples, sampleRate, startMs };
  };
}

const STEP_MS = 2;

/** Loudness every 2 ms. */
function loudness(samples: Float32Array, sampleRate: number): Float32Array {
  const size = Math.round((sampleRate * STEP_MS) / 1000);
  return Float32Array.from({ length: Math.floor(samples.length / size) }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += Math.abs(samples[i * size + k]!);
    return Math.log(1e-4 + sum / size);
  });
}

/** When the clip's first sample arrived, by where its loudness fits best. */
export function startOf(received: Received, clip: Float32Array, clipRate: number): number {
  const [heard, known] = [loudness(received.samples, received.sampleRate), loudness(clip, clipRate)];
  const length = Math.min(known.length, 1500);
  let [best, at] = [-2, 0];
  for (let shift = 0; shift + length <= heard.length; shift++) {
    const r = correlation(
      Array.from(heard.subarray(shift, shift + length)),
      Array.from(known.subarray(0, length)),
    );
    if (r > best) [best, at] = [r, shift];
  }
  return received.startMs + at * STEP_MS;
}

/** How the lips lie against the sound that arrived with them. */
export interface LipLag {
  /** Milliseconds by which the lips come after their sound. */
  readonly meanMs: number;
  /** The largest of all stretches of four seconds, by its size. */
  readonly worstMs: number;
  /** Correlation of the mouth's change from the shut one with the voice's opening, at that lag. */
  readonly r: number;
}

/** By how much each mouth differs from the shut one from before the voice began. */
function changesOf(mouths: readonly SeenMouth[], startMs: number): { ms: number; change: number }[] {
  const before = mouths.filter(({ ms }) => ms < startMs - 300);
  const shut = new Float32Array(576);
  for (const { pixels } of before) pixels.forEach((value, i) => (shut[i]! += value / before.length));
  return mouths.map(({ ms, pixels }) => ({
    ms,
    change: pixels.reduce((sum, value, i) => sum + Math.abs(value - shut[i]!), 0),
  }));
}

/**
 * Compares what was seen with the mouth that belongs to what was heard.
 * @param aperture of the clip, every 10 ms.
 * @param startMs when the clip's first sample arrived.
 */
export function lipLag(mouths: readonly SeenMouth[], aperture: Float32Array, startMs: number): LipLag {
  const seconds = aperture.length / 100;
  const changes = changesOf(mouths, startMs);
  const of = (from: number, to: number) => {
    const seen = changes.filter(({ ms }) => ms >= startMs + 1000 * from && ms < startMs + 1000 * to);
    let [r, lag] = [-2, 0];
    for (let by = -240; by <= 240; by += 4) {
      const meant = seen.map(({ ms }) => aperture[Math.round((ms - startMs - by) / 10)] ?? 0);
      const now = correlation(
        seen.map(({ change }) => change),
        meant,
      );
      if (now > r) [r, lag] = [now, by];
    }
    return { r, lag };
  };
  const whole = of(0, seconds);
  const parts = [];
  for (let from = 0; from + 4 <= seconds; from += 2) parts.push(of(from, from + 4));
  const worst = parts.filter(({ r }) => r > 0.5).sort((a, b) => Math.abs(b.lag) - Math.abs(a.lag))[0];
  return { meanMs: whole.lag, worstMs: worst?.lag ?? whole.lag, r: whole.r };
}
