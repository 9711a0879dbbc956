import { expect, test } from "vitest";
import { openAudio } from "./audio/open-audio.ts";
import { openVideo } from "./demux/open-video.ts";
import { rgbaOf } from "./planes/picture.ts";

/** What Chromium's recorder writes; a browser that lacks one leaves it out. */
const TYPES = [
  "video/webm;codecs=vp8,opus",
  "video/webm;codecs=vp9,opus",
  "video/mp4;codecs=avc1.42E01F,mp4a.40.2",
  "video/mp4;codecs=vp9,opus",
].filter((type) => MediaRecorder.isTypeSupported(type));
const COLOUR = [200, 60, 60] as const;
/** Codecs' loss on a flat colour. Full range read as limited, which Chromium 156 records, would be 12 off. */
const LEVELS = 4;
const RECORDED_MS = 900;

/** Records a red canvas and a tone, as a page does; the recorder's clock is its own. */
async function record(mimeType: string): Promise<Blob> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [160, 96];
  const drawing = canvas.getContext("2d")!;
  const context = new AudioContext();
  const tone = new OscillatorNode(context, { frequency: 440 });
  const sound = context.createMediaStreamDestination();
  tone.connect(sound);
  tone.start();
  await context.resume();
  const stream = new MediaStream([...canvas.captureStream(25).getTracks(), ...sound.stream.getTracks()]);
  const recorder = new MediaRecorder(stream, { mimeType });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise((resolve) => (recorder.onstop = resolve));
  let frame = 0;
  const paint = setInterval(() => {
    drawing.fillStyle = `rgb(${COLOUR.join(" ")})`;
    drawing.fillRect(0, 0, canvas.width, canvas.height);
    // A canvas gives a frame where something changes.
    drawing.fillStyle = frame++ % 2 ? "black" : "white";
    drawing.fillRect(0, 0, 8, 8);
  }, 20);
  recorder.start(100);
  await new Promise((resolve) => setTimeout(resolve, RECORDED_MS));
  recorder.stop();
  await ended;
  clearInterval(paint);
  for (const track of stream.getTracks()) track.stop();
  await context.close();
  return new Blob(parts, { type: mimeType });
}

/** Root mean square of a sound without its ends. */
function level(mono: Float32Array): number {
  const middle = mono.subarray(mono.length / 4, (3 * mono.length) / 4);
  return Math.sqrt(middle.reduce((sum, value) => sum + value * value, 0) / middle.length);
}

async function hear(file: Blob): Promise<Float32Array> {
  const audio = await openAudio(file);
  const mono = await audio.mono16k();
  expect(audio.warnings).toEqual([]);
  // The last packet of either recording, 60 ms of Opus here, says nothing of its length.
  expect(Math.abs(mono.length / 16_000 - audio.durationSeconds)).toBeLessThan(0.2);
  audio.dispose();
  return mono;
}

/** Every frame is whole, of its colour, and shown after the one before. */
async function see(file: Blob, options: { decoder?: "ffmpeg" }): Promise<void> {
  const video = await openVideo(file, options);
  const starts: number[] = [];
  for await (const { picture, timestampSeconds } of video.pictures()) {
    const { data, width, height } = rgbaOf(picture);
    expect([width, height]).toEqual([160, 96]);
    const middle = (48 * width + 80) * 4;
    COLOUR.forEach((value, i) => expect(Math.abs(data[middle + i]! - value)).toBeLessThanOrEqual(LEVELS));
    starts.push(timestampSeconds);
  }
  expect(starts.length).toBeGreaterThan(1);
  expect(starts.every((start, i) => start >= 0 && (i === 0 || start > starts[i - 1]!))).toBe(true);
  // A recorder does not say how long its last frame is.
  expect(starts.at(-1)!).toBeLessThanOrEqual(video.durationSeconds);
  video.dispose();
}

test.each(TYPES)(
  "a recording of this browser's own in %s is read whole, and two in one file are heard both",
  async (type) => {
    const file = await record(type);
    await see(file, {});
    await see(file, { decoder: "ffmpeg" });
    const mono = await hear(file);
    expect(level(mono)).toBeGreaterThan(0.3);
    const twice = await hear(new Blob([file, file]));
    expect(Math.abs(twice.length - 2 * mono.length)).toBeLessThan(0.1 * 16_000);
    expect(level(twice)).toBeGreaterThan(0.3);
  },
);
