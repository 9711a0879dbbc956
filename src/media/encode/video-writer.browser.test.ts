import { ALL_FORMATS, BlobSource, EncodedPacketSink, Input } from "mediabunny";
import { expect, test } from "vitest";
import { createImage, type RgbaImage } from "../../core/image.ts";
import { sha256OfBlob } from "../../core/sha256.ts";
import { createVideoWriter, type VideoWriterOptions } from "./video-writer.ts";
import type { VideoSegment } from "./video-segment.ts";
import type { OutputFormat } from "../../job/job.ts";
import { createOutputSound } from "./output-sound.ts";
import { openAudio } from "../audio/open-audio.ts";
import { openVideo } from "../demux/open-video.ts";
import { i420Bytes, isPlanar, planesOf } from "../planes/picture.ts";
import { BT709, type PlaneColour } from "../planes/plane-colour.ts";
import { codeOf, peakSeconds, tone, wav } from "../test-media.ts";

const WIDTH = 128;
const HEIGHT = 96;
const COLOURS = [
  [200, 120, 90],
  [30, 60, 150],
  [128, 128, 128],
  [240, 230, 20],
] as const;

/** Four flat patches, and a bar that moves so that frames differ. */
function frameAt(index: number): RgbaImage {
  const image = createImage(WIDTH, HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const bar = y >= 80 && Math.floor(x / 8) === index % 16;
      const colour = bar ? [255, 255, 255] : COLOURS[Math.floor(x / 32)]!;
      image.data.set([...colour, 255], (y * WIDTH + x) * 4);
    }
  }
  return image;
}

/** A click in silence. */
const click = (at: number) => (seconds: number) => (Math.abs(seconds - at) < 0.0008 ? 0.9 : 0);

async function write(
  options: Partial<VideoWriterOptions>,
  frames: number,
): Promise<{ output: Blob; encoder: string }> {
  const writer = await createVideoWriter({
    width: WIDTH,
    height: HEIGHT,
    fps: 25,
    sound: null,
    durationSeconds: frames / 25,
    format: "mp4",
    ...options,
  });
  for (let i = 0; i < frames; i++) await writer.add(frameAt(i));
  return { output: await writer.finish(), encoder: writer.encoder };
}

async function inspect(output: Blob) {
  const input = new Input({ source: new BlobSource(output), formats: ALL_FORMATS });
  const video = (await input.getPrimaryVideoTrack())!;
  const audio = await input.getPrimaryAudioTrack();
  const timestamps: number[] = [];
  const keys: number[] = [];
  for await (const packet of new EncodedPacketSink(video).packets()) {
    if (packet.type === "key") keys.push(timestamps.length);
    timestamps.push(packet.timestamp);
  }
  const facts = {
    codecs: [await video.getCodec(), (await audio?.getCodec()) ?? null],
    colours: await video.getColorSpace(),
    seconds: await video.computeDuration(),
    audioSeconds: (await audio?.computeDuration()) ?? 0,
    timestamps,
    keys,
  };
  input.dispose();
  return facts;
}

async function boxes(output: Blob): Promise<string[]> {
  const view = new DataView(await output.arrayBuffer());
  const names: string[] = [];
  for (let at = 0; at + 8 <= view.byteLength;) {
    names.push(String.fromCharCode(...[4, 5, 6, 7].map((i) => view.getUint8(at + i))));
    const size = view.getUint32(at);
    at += size === 1 ? Number(view.getBigUint64(at + 8)) : size;
  }
  return names;
}

/** Largest error of the flat patches in the eleventh frame, in levels of 255. */
async function colourError(output: Blob): Promise<number> {
  const video = await openVideo(output);
  let worst = 0;
  for await (const { image } of video.frames({ fromSeconds: 0.41, toSeconds: 0.43 })) {
    COLOURS.forEach((colour, i) =>
      colour.forEach((value, channel) => {
        let sum = 0;
        for (let y = 20; y < 60; y++) {
          for (let x = i * 32 + 10; x < i * 32 + 22; x++) sum += image.data[(y * WIDTH + x) * 4 + channel]!;
        }
        worst = Math.max(worst, Math.abs(sum / (40 * 12) - value));
      }),
    );
  }
  video.dispose();
  return worst;
}

/** A voice with a click at 1.5 s as an output's sound. */
const voiceOf = (seconds: number, durationSeconds: number, format: OutputFormat = "mp4") =>
  createOutputSound(
    () => openAudio(wav({ sampleRateHz: 44_100, signal: click(1.5), seconds })),
    format,
    durationSeconds,
  );

test.each([
  { encoder: "webcodecs", format: "mp4", codecs: ["avc", "aac"] },
  { encoder: "ffmpeg", format: "mp4", codecs: ["avc", "aac"] },
  { encoder: "webcodecs", format: "webm", codecs: ["vp9", "opus"] },
] as const)("a $format by $encoder has every frame, true colours and sound in its place", async (options) => {
  const { codecs, ...rest } = options;
  const voice = voiceOf(2.4, 2.4, options.format);
  const { output } = await write({ ...rest, sound: voice, durationSeconds: 2.4 }, 60);
  const facts = await inspect(output);
  expect(facts.codecs).toEqual(codecs);
  expect(facts.timestamps).toHaveLength(60);
  // WebM rounds to milliseconds.
  facts.timestamps.forEach((time, i) => expect(Math.abs(time - i / 25)).toBeLessThan(0.0011));
  expect(Math.abs(facts.seconds - 2.4)).toBeLessThanOrEqual(0.04);
  expect(Math.abs(facts.audioSeconds - 2.4)).toBeLessThanOrEqual(0.04);
  expect(facts.keys).toContain(0);
  expect(facts.keys).toContain(50);
  expect(facts.colours).toMatchObject({
    primaries: "bt709",
    transfer: "bt709",
    matrix: "bt709",
    fullRange: false,
  });
  expect(await colourError(output)).toBeLessThanOrEqual(2);
  const sound = await openAudio(output);
  expect(Math.abs((await peakSeconds(sound)) - 1.5)).toBeLessThan(0.005);
  sound.dispose();
  if (options.format === "mp4") {
    const order = await boxes(output);
    expect(order.indexOf("moov")).toBeLessThan(order.indexOf("mdat"));
  }
});

// Small pictures: Chromium's H.264 encoder splits those from 640 × 480 on by the load of its threads, never twice alike.
test.each([
  { encoder: "webcodecs", format: "mp4" },
  { encoder: "ffmpeg", format: "mp4" },
  { encoder: "webcodecs", format: "webm" },
] as const)("a $format by $encoder that goes on from kept segments is the same file", async (options) => {
  const settings = () => ({
    ...options,
    sound: voiceOf(2.2, 2.2, options.format),
    durationSeconds: 2.2,
    segmentSeconds: 0.6,
  });
  const kept: VideoSegment[] = [];
  const onSegment = (index: number, segment: VideoSegment) => void (kept[index] = segment);
  const whole = await write({ ...settings(), onSegment }, 55);
  expect(kept.map((segment) => segment.sizes.length)).toEqual([15, 15, 15]);
  expect(kept.every((segment) => segment.keys[0] === 1)).toBe(true);
  const writer = await createVideoWriter({ width: WIDTH, height: HEIGHT, fps: 25, ...settings() });
  for (const segment of kept.slice(0, 2)) await writer.restore(structuredClone(segment));
  for (let i = 30; i < 55; i++) await writer.add(frameAt(i));
  const resumed = await writer.finish();
  expect(await sha256OfBlob(resumed)).toBe(await sha256OfBlob(whole.output));
  const { timestamps } = await inspect(resumed);
  timestamps.forEach((time, i) => expect(Math.abs(time - i / 25)).toBeLessThan(0.0011));
  // Without anyone who keeps segments the bytes are the same.
  expect(await sha256OfBlob((await write(settings(), 55)).output)).toBe(await sha256OfBlob(resumed));
});

test.each(["mp4", "webm"] as const)("a %s changes its rate without a key frame", async (format) => {
  const kept: VideoSegment[] = [];
  const bitrates = Uint32Array.of(2_000_000, 700_000, 1_500_000, 900_000);
  const settings = { encoder: "webcodecs", format, durationSeconds: 2, segmentSeconds: 2, bitrates } as const;
  await write({ ...settings, onSegment: (index, segment) => void (kept[index] = segment) }, 50);
  expect(Array.from(kept[0]!.keys)).toEqual(Array.from({ length: 50 }, (_, i) => (i === 0 ? 1 : 0)));
});

test("sound is cut or padded with silence to the video's length", async () => {
  for (const voice of [0.6, 3]) {
    const { output } = await write({ sound: voiceOf(voice, 2), durationSeconds: 2 }, 50);
    expect(Math.abs((await inspect(output)).audioSeconds - 2)).toBeLessThanOrEqual(0.04);
  }
});

test("frames go on while the first sound is encoded, and the file is the same", async () => {
  const sound = voiceOf(1, 1);
  let begin!: () => void;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const late = {
    ...sound,
    encodeTo: async (seconds: number) => {
      await begun;
      return sound.encodeTo(seconds);
    },
  };
  const settings = { width: WIDTH, height: HEIGHT, fps: 25, durationSeconds: 1, format: "mp4" } as const;
  const writer = await createVideoWriter({ ...settings, sound: late });
  for (let i = 0; i < 20; i++) await writer.add(frameAt(i));
  begin();
  for (let i = 20; i < 25; i++) await writer.add(frameAt(i));
  const whole = await write({ ...settings, sound: voiceOf(1, 1) }, 25);
  expect(await sha256OfBlob(await writer.finish())).toBe(await sha256OfBlob(whole.output));
});

test("uneven timestamps are kept", async () => {
  const timestamps = [0, 0.04, 0.05, 0.2, 0.21, 0.5];
  const { output } = await write({ fps: { timestamps }, durationSeconds: 0.6 }, timestamps.length);
  const facts = await inspect(output);
  facts.timestamps.forEach((time, i) => expect(time).toBeCloseTo(timestamps[i]!, 3));
  expect(facts.seconds).toBeCloseTo(0.6, 2);
});

test("a video that a worker wrote outlives it and leaves no file behind", async () => {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle("dudak-temporary", { create: true });
  // Of workers that another test has ended.
  const before = new Set<string>();
  for await (const name of folder.keys()) before.add(name);
  const worker = new Worker(new URL("./test-video.worker.ts", import.meta.url), { type: "module" });
  const output = await new Promise<Blob>((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<Blob>) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ width: WIDTH, height: HEIGHT, frames: 30 });
  });
  worker.terminate();
  expect((await inspect(output)).timestamps).toHaveLength(30);
  for await (const name of folder.keys()) expect(before, "left behind").toContain(name);
});

test("a cancelled video says so, by signal and by hand", async () => {
  const stop = new AbortController();
  const options = {
    width: WIDTH,
    height: HEIGHT,
    fps: 25,
    sound: null,
    durationSeconds: 1,
    format: "mp4",
  } as const;
  const first = await createVideoWriter({ ...options, signal: stop.signal });
  await first.add(frameAt(0));
  stop.abort();
  expect(await codeOf(first.add(frameAt(1)))).toBe("job/cancelled");
  const second = await createVideoWriter(options);
  await second.add(frameAt(0));
  await second.cancel();
  expect(await codeOf(second.finish())).toBe("job/cancelled");
  expect((await write({}, 3)).output.size).toBeGreaterThan(0);
});

test("frames of another size and odd sizes are refused", async () => {
  expect(await codeOf(write({ width: 127 }, 1))).toBe("internal/bug");
  expect(await codeOf(write({ width: 64 }, 1))).toBe("internal/bug");
});

test("a steady tone keeps its level through the video", async () => {
  const voice = () => openAudio(wav({ sampleRateHz: 48_000, signal: tone(440), seconds: 2 }));
  const { output } = await write({ sound: createOutputSound(voice, "mp4", 2) }, 50);
  const sound = await openAudio(output);
  const mono = (await sound.mono16k()).subarray(8000, 24_000);
  const level = Math.sqrt(mono.reduce((sum, value) => sum + value * value, 0) / mono.length);
  // 0.5 / √2, within half a decibel.
  expect(Math.abs(20 * Math.log10(level / 0.35355))).toBeLessThan(0.5);
  sound.dispose();
});

const BT601 = { ...BT709, matrix: "smpte170m" } as const;
const FULL = { ...BT601, transfer: "iec61966-2-1", fullRange: true } as const;

test.each([
  ["the browser's H.264", { encoder: "webcodecs" }, FULL],
  ["the browser's VP9", { format: "webm" }, FULL],
  ["ffmpeg's H.264, full range", { encoder: "ffmpeg" }, FULL],
  ["ffmpeg's H.264", { encoder: "ffmpeg" }, BT601],
] as const)("planes come back from %s with their values and colour space", async (...[, options, colour]) => {
  const data = new Uint8Array(i420Bytes(WIDTH, HEIGHT));
  const planes = planesOf({ width: WIDTH, height: HEIGHT, data });
  // Luma from end to end, beyond what limited range allows.
  planes[0].data.forEach((_, i) => (planes[0].data[i] = Math.round((255 * (i % WIDTH)) / (WIDTH - 1))));
  planes[1].data.fill(90);
  planes[2].data.fill(170);
  const { output } = await writePlanes(data, colour, options);
  const video = await openVideo(output);
  expect(video.colour).toEqual(colour);
  for await (const { picture } of video.pictures()) {
    if (!isPlanar(picture)) throw new Error("the video's frames are not 4:2:0");
    const worst = planesOf(picture).map((plane, k) =>
      plane.data.reduce((most, value, i) => Math.max(most, Math.abs(value - planes[k]!.data[i]!)), 0),
    );
    // A smooth ramp costs an encoder a few levels; another range would be off by 16 at its ends.
    expect(Math.max(...worst)).toBeLessThan(6);
  }
  video.dispose();
});

async function writePlanes(
  data: Uint8Array<ArrayBuffer>,
  colour: PlaneColour,
  options: Partial<VideoWriterOptions>,
) {
  const size = { width: WIDTH, height: HEIGHT };
  const writer = await createVideoWriter({
    ...{ ...size, fps: 25, sound: null, durationSeconds: 0.2, format: "mp4", colour },
    ...options,
  });
  for (let i = 0; i < 5; i++) await writer.add({ ...size, data, colour });
  return { output: await writer.finish() };
}
