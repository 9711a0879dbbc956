import { createOutputSound } from "../../src/media/encode/output-sound.ts";
import { openAudio } from "../../src/media/audio/open-audio.ts";
import { ALL_FORMATS, BlobSource, Input, VideoSampleSink } from "mediabunny";
import { afterEach, expect, test } from "vitest";
import { createImage } from "../../src/core/image.ts";
import { REST_POSE, type MouthTrack } from "../../src/core/mouth.ts";
import { createRandom } from "../../src/core/random.ts";
import { createFaceAnalyser } from "../../src/vision/landmarks/face-analyser.ts";
import { loadAsset } from "../../src/inference/load-asset.ts";
import { createRuntime } from "../../src/inference/runtime.ts";
import { parsePrompt } from "../../src/job/prompt-style.ts";
import { openVideo } from "../../src/media/demux/open-video.ts";
import { isPlanar, planesOf, rgbaOf, type PlanarPicture } from "../../src/media/planes/picture.ts";
import { createPlaneScaler } from "../../src/media/planes/plane-scaler.ts";
import { createPlaneCanvas } from "../../src/media/planes/plane-canvas.ts";
import { rgbaToI420 } from "../../src/media/planes/yuv.ts";
import { createStage, type Stage } from "../../tools/eval/video/video-stage.ts";
import { drawFrame, renderScene } from "../../src/pipeline/compose/render-scene.ts";
import { readyManifest } from "../../src/lip-models/manifest/ready-manifests.ts";
import { heldFileName, holdTemporaryFile } from "../../src/media/temporary-files.ts";
import { discardFrameCache } from "../../src/media/frame-cache/frame-cache.ts";
import type { CachedFrames } from "../../src/core/cached-frames.ts";
import type { Scene, VideoScene } from "../../src/worker-rpc/scene.ts";
import { loadRig } from "../../src/render/face-rig/rig.ts";
import { silence } from "../engine/media.ts";

const CLIP = new URL("../fixtures/video/talk.mp4", import.meta.url);
/** The clip's sides in pixels, its rate and how many frames of it are drawn. */
const [SIDE, FPS, FRAMES] = [240, 25, 12];

const clip = async () => new File([await (await fetch(CLIP)).blob()], "talk.mp4");
const rigOf = async () => loadRig(await loadAsset("rig"), await loadAsset("face-geometry"));
const listeners = { signal: new AbortController().signal, onProgress: () => undefined, onPreview: null };

let staged: Promise<Stage> | undefined;
/** The clip looked through, once for all tests. */
const stageOf = () =>
  (staged ??= (async () => {
    const runtime = await createRuntime({ backend: "wasm" });
    return createStage(await clip(), await createFaceAnalyser(runtime));
  })());

/** A mouth that opens and shuts. */
const speech: MouthTrack = {
  frames: 100,
  articulation: Float32Array.from({ length: 700 }, (_, i) =>
    i % 7 === 0 ? 0.5 + 0.5 * Math.sin(i / 40) : 0,
  ),
  voice: new Float32Array(100).fill(1),
  energy: new Float32Array(100).fill(1),
};

const quiet = () => createOutputSound(() => openAudio(silence(FRAMES / FPS)), "mp4", FRAMES / FPS);

const sceneOf = async ({ video }: Stage, change: Partial<Scene> = {}): Promise<Scene> => ({
  source: {
    kind: "video",
    file: await clip(),
    video,
    frames: null,
    voice: { ...speech, warnings: [] },
    spoken: null,
  },
  animator: { kind: "own-lips" },
  mask: null,
  style: parsePrompt(undefined).style,
  output: {
    durationSeconds: FRAMES / FPS,
    format: "mp4",
    encoder: "webcodecs",
    hashFrames: false,
    aiMark: false,
    segments: { seconds: null, kept: null },
  },
  ...change,
});

interface Planes {
  readonly data: Uint8Array;
  readonly colorSpace: VideoColorSpaceInit;
}

async function planesIn(frame: VideoFrame): Promise<Planes> {
  expect(frame.format).toBe("I420");
  const data = new Uint8Array((SIDE * SIDE * 3) / 2);
  const half = SIDE / 2;
  await frame.copyTo(data, {
    layout: [
      { offset: 0, stride: SIDE },
      { offset: SIDE * SIDE, stride: half },
      { offset: SIDE * SIDE + half * half, stride: half },
    ],
  });
  return { data, colorSpace: frame.colorSpace.toJSON() };
}

/** What the browser decodes, without any code of the project. */
async function decoded(): Promise<Planes[]> {
  const input = new Input({ source: new BlobSource(await clip()), formats: ALL_FORMATS });
  const frames: Planes[] = [];
  for await (const sample of new VideoSampleSink((await input.getPrimaryVideoTrack())!).samples()) {
    const frame = sample.toVideoFrame();
    frames.push(await planesIn(frame));
    frame.close();
    sample.close();
  }
  input.dispose();
  return frames;
}

const Native = VideoEncoder;
afterEach(() => {
  globalThis.VideoEncoder = Native;
});

/** Runs `work` and returns what its last encoder was given, but for the frames that warm it up. */
async function encodedBy(work: () => Promise<unknown>): Promise<Planes[]> {
  let taken: Promise<Planes>[] = [];
  globalThis.VideoEncoder = class extends Native {
    #seen = false;
    override encode(frame: VideoFrame, options?: VideoEncoderEncodeOptions): void {
      if (frame.timestamp >= 0) {
        if (!this.#seen) taken = [];
        this.#seen = true;
        const copy = frame.clone();
        taken.push(planesIn(copy).finally(() => copy.close()));
      }
      super.encode(frame, options);
    }
  };
  await work();
  return Promise.all(taken);
}

/** Places of the samples at which two pictures differ, as pixels (chroma: the first of its four). */
function differences(a: Uint8Array, b: Uint8Array): { x: number; y: number; luma: boolean }[] {
  const found: { x: number; y: number; luma: boolean }[] = [];
  const [luma, half] = [SIDE * SIDE, SIDE / 2];
  a.forEach((value, i) => {
    if (value === b[i]) return;
    if (i < luma) found.push({ x: i % SIDE, y: Math.floor(i / SIDE), luma: true });
    else {
      const k = (i - luma) % (half * half);
      found.push({ x: 2 * (k % half), y: 2 * Math.floor(k / half), luma: false });
    }
  });
  return found;
}

/** Whether a sample stands for a painted pixel. @param painted 1 for each of these. */
function isPainted(painted: Uint32Array, sample: number): boolean {
  if (sample < SIDE * SIDE) return painted[sample] === 1;
  const k = (sample - SIDE * SIDE) % ((SIDE * SIDE) / 4);
  const pixel = 2 * Math.floor(k / (SIDE / 2)) * SIDE + 2 * (k % (SIDE / 2));
  return [0, 1, SIDE, SIDE + 1].some((step) => painted[pixel + step] === 1);
}

/** Half of the picture, white on the left. */
function leftMask() {
  const mask = createImage(SIDE, SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) mask.data.fill(i % SIDE < MASKED_FROM ? 255 : 0, 4 * i, 4 * i + 3);
  for (let i = 3; i < mask.data.length; i += 4) mask.data[i] = 255;
  return mask;
}
/** An odd column, so that a sample of chroma lies on both sides. */
const MASKED_FROM = 121;

test("what the encoder gets has the decoder's own planes outside the mouth and under a mask's black", async () => {
  const stage = await stageOf();
  const rig = await rigOf();
  const source = await decoded();
  const face = stage.video.animated[0]!.box;
  for (const mask of [null, leftMask()]) {
    const scene = await sceneOf(stage, { mask });
    const drawn = await encodedBy(() => renderScene(scene, quiet(), null, rig, listeners));
    expect(drawn).toHaveLength(FRAMES);
    let changed = 0;
    drawn.forEach(({ data, colorSpace }, frame) => {
      // Untagged and small: BT.601, which the encoder is told.
      expect(colorSpace).toMatchObject({ matrix: "smpte170m", primaries: "bt709", fullRange: false });
      const places = differences(data, source[frame]!.data);
      changed += places.length;
      for (const { x, y, luma } of places) {
        expect(y).toBeGreaterThan(face.y);
        if (mask) expect(luma ? x : x + 1).toBeLessThan(MASKED_FROM);
      }
      expect(places.length).toBeLessThan(0.3 * data.length);
    });
    expect(changed).toBeGreaterThan(FRAMES * 500);
  }
});

test("a frame that is drawn by itself is the one in the file", async () => {
  const stage = await stageOf();
  const rig = await rigOf();
  const scene = await sceneOf(stage, { mask: leftMask() });
  const inFile = await encodedBy(() => renderScene(scene, quiet(), null, rig, listeners));
  const { colour } = (await openVideo(await clip())) as { colour: PlanarPicture["colour"] };
  const context = new OffscreenCanvas(SIDE, SIDE).getContext("2d", { willReadFrequently: true })!;
  for (const [seconds, frame] of [
    [0, 0],
    [7 / FPS, 7],
    [99, FRAMES - 1],
  ] as const) {
    const bitmap = await drawFrame(scene, seconds, rig, listeners.signal);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    const planes = {
      width: SIDE,
      height: SIDE,
      data: inFile[frame]!.data as Uint8Array<ArrayBuffer>,
      colour,
    };
    expect(context.getImageData(0, 0, SIDE, SIDE).data).toEqual(rgbaOf(planes).data);
  }
});

/** Writes frames as a worker that follows faces keeps them. */
async function keepOnDisk(name: string, frames: readonly PlanarPicture[]): Promise<CachedFrames> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle("dudak-temporary", { create: true });
  const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
  for (const { data } of frames) await stream.write(data);
  await stream.close();
  const { colour } = frames[0]!;
  return { memory: [], name, first: 0, end: frames.length, width: SIDE, height: SIDE, planar: true, colour };
}

test("kept frames are drawn upon in the place of decoded ones", async () => {
  const stage = await stageOf();
  const rig = await rigOf();
  const frames: PlanarPicture[] = [];
  const source = await openVideo(await clip());
  for await (const { picture } of source.pictures({ width: SIDE, height: SIDE })) {
    if (!isPlanar(picture)) throw new Error("the clip's frames are not 4:2:0");
    frames.push(picture);
  }
  source.dispose();
  const hash = async (kept: CachedFrames | null) => {
    const scene = await sceneOf(stage);
    const { framesSha256 } = await renderScene(
      {
        ...scene,
        source: { ...(scene.source as VideoScene), frames: kept },
        output: { ...scene.output, hashFrames: true },
      },
      quiet(),
      null,
      rig,
      listeners,
    );
    return framesSha256;
  };
  const decoded = await hash(null);
  const name = heldFileName();
  const release = await holdTemporaryFile(name);
  try {
    expect(await hash(await keepOnDisk(name, frames))).toBe(decoded);
    expect(await hash(await keepOnDisk(name, frames.slice(0, 4)))).toBe(decoded);
    const memory = frames.slice(0, 2).map(({ data }) => data.slice().buffer);
    expect(await hash({ ...(await keepOnDisk(name, frames.slice(2))), memory, end: frames.length })).toBe(
      decoded,
    );
    // One sample in a corner tells that they are what is drawn upon.
    frames[1]!.data[0]! ^= 1;
    expect(await hash(await keepOnDisk(name, frames))).not.toBe(decoded);
  } finally {
    await discardFrameCache(name);
    release();
  }
  const { colour } = frames[0]!;
  const gone = { memory: [], name, first: 0, end: 9, width: SIDE, height: SIDE, planar: true, colour };
  expect(await hash(gone)).toBe(decoded);
});

test("on planes a face is drawn as on pixels, whatever lies beyond what was read", async () => {
  const { video, face } = await stageOf();
  const canvas = createPlaneCanvas(SIDE, SIDE);
  const random = createRandom(5);
  const source = await openVideo(await clip());
  let frame = 0;
  let drawn = 0;
  for await (const { picture } of source.pictures({ width: SIDE, height: SIDE })) {
    if (frame >= FRAMES) break;
    if (!isPlanar(picture)) throw new Error("the clip's frames are not 4:2:0");
    const mouth = { ...REST_POSE, aperture: frame / FRAMES, stretch: 0.4 };
    const before = { ...picture, data: picture.data.slice() };
    const whole = rgbaOf(before);
    const own = new Uint32Array(whole.data.slice().buffer);
    face.render(frame, mouth, whole);
    const painted = new Uint32Array(whole.data.buffer).map((word, i) => Number(word !== own[i]));
    const expected = new Uint8Array(before.data.length);
    rgbaToI420(whole, expected, picture.colour);
    for (let i = 0; i < canvas.image.data.length; i++) canvas.image.data[i] = 256 * random();
    face.render(frame, mouth, canvas.image, (box) => canvas.read(picture, box));
    canvas.commit(picture, null);
    const wrong = differences(
      picture.data,
      expected.map((value, i) => (isPainted(painted, i) ? value : before.data[i]!)),
    );
    expect(wrong).toEqual([]);
    drawn += differences(picture.data, before.data).length;
    frame++;
  }
  source.dispose();
  expect(video.tracks.frames).toBeGreaterThanOrEqual(FRAMES);
  expect(drawn).toBeGreaterThan(FRAMES * 500);
});

test("a model's faces leave the planes around them and under a mask's black as they were", async () => {
  const stage = await stageOf();
  const rig = await rigOf();
  const source = await decoded();
  const manifest = readyManifest("wav2lip-96");
  const animator = { kind: "lip-model", manifest, batch: 4, columns: [1000] } as const;
  const scene = await sceneOf(stage, { mask: leftMask(), animator });
  const white = createImage(manifest.size, manifest.size);
  white.data.fill(255);
  const drawn = await encodedBy(() =>
    renderScene(scene, quiet(), (orders) => Promise.resolve(orders.map(() => white)), rig, listeners),
  );
  expect(drawn).toHaveLength(FRAMES);
  let changed = 0;
  drawn.forEach(({ data }, frame) => {
    const places = differences(data, source[frame]!.data);
    changed += places.length;
    for (const { x, luma } of places) expect(luma ? x : x + 1).toBeLessThan(MASKED_FROM);
  });
  expect(changed).toBeGreaterThan(FRAMES * 500);
});

test("planes are scaled as the scaler does it, and odd sizes are converted", async () => {
  const source = await openVideo(await clip());
  const [first] = await decoded();
  const [width, height] = [150, 90];
  for await (const { picture } of source.pictures({ width, height })) {
    const { data, colour } = picture as PlanarPicture;
    expect(colour).toEqual(source.colour);
    const whole = { width: SIDE, height: SIDE, data: first!.data as Uint8Array<ArrayBuffer> };
    planesOf(whole).forEach((plane, i) => {
      const by = i === 0 ? 1 : 2;
      const wanted = createPlaneScaler(plane, width / by, height / by)(plane);
      expect(planesOf({ width, height, data })[i]!.data).toEqual(wanted.data.slice());
    });
    break;
  }
  for await (const { picture } of source.pictures({ width: 151, height: 90 })) {
    expect(isPlanar(picture)).toBe(false);
    break;
  }
  source.dispose();
});
