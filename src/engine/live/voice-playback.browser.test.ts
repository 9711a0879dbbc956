import { expect, test } from "vitest";
import { openOutput } from "./sound-output.ts";
import { VoicePlayback } from "./voice-playback.ts";

const RATE_HZ = 44_100;

function sine(seconds: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: Math.round(seconds * RATE_HZ) }, (_, i) => 0.5 * Math.sin(i / 23));
}

test("pieces follow each other without a gap or an overlap, sample by sample", async () => {
  const whole = sine(3);
  const context = new OfflineAudioContext({ length: 4 * RATE_HZ, sampleRate: RATE_HZ });
  let now = 0;
  const playback = new VoicePlayback(context, context.destination, () => now);
  const sizes = [1, 1000, 22_051, 333, 44_099];
  for (let at = 0, i = 0; at < whole.length; i++) {
    const size = sizes[i % sizes.length]!;
    playback.add([whole.slice(at, at + size)]);
    at += size;
  }
  playback.finish();
  const heard = (await context.startRendering()).getChannelData(0);
  const start = heard.findIndex((value, i) => value === 0 && heard[i + 1] !== 0 && i > 0);
  const played = heard.subarray(start, start + whole.length);
  // The browser interpolates between samples when a start is rounded: far below what anyone hears.
  const worst = played.reduce((high, value, i) => Math.max(high, Math.abs(value - whole[i]!)), 0);
  expect(worst).toBeLessThan(1e-3);
  expect(heard.subarray(start + whole.length + 1).every((value) => value === 0)).toBe(true);
  // The clock that the face follows stands at 0 when the first sample is heard.
  now = start / RATE_HZ;
  expect(Math.abs(playback.positionSeconds())).toBeLessThan(0.001);
  await playback.ended;
});

test("the position follows the clock of the sound, waits before its start and ends with it", () => {
  const context = new OfflineAudioContext({ length: RATE_HZ, sampleRate: RATE_HZ });
  let now = -0.05;
  const playback = new VoicePlayback(context, context.destination, () => now);
  expect(playback.positionSeconds()).toBe(-Infinity);
  playback.add([sine(0.5)]);
  playback.add([sine(0.25)]);
  const before = playback.positionSeconds();
  expect(before).toBeLessThan(0);
  now = 0.3;
  const within = playback.positionSeconds();
  expect(within - before).toBeCloseTo(0.35, 6);
  now = 0.2;
  expect(playback.positionSeconds()).toBe(within);
  now = 2;
  expect(playback.positionSeconds()).toBe(0.75);
});

test("a context that stands still for too long in mid-speech is told of", async () => {
  const context = new AudioContext();
  await context.resume();
  const over = new AbortController();
  const told: string[] = [];
  openOutput(context.destination, 50).watch(over.signal, ({ code }) => told.push(code));
  await context.suspend();
  await expect.poll(() => told).toEqual(["input/field"]);
  over.abort();
  await context.close();
});
