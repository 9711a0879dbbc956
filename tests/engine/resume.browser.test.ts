import { afterAll, describe, expect, test } from "vitest";
import { paintNet } from "../../models/lip-models/test-nets.ts";
import { createEngine } from "../../src/engine/engine.ts";
import type { JobSpec } from "../../src/job/job-spec.ts";
import type { Checkpoint } from "../../src/job/checkpoint.ts";
import { EngineError } from "../../src/job/errors.ts";
import type { JobProgress } from "../../src/job/job.ts";
import { sha256OfBlob } from "../../src/core/sha256.ts";
import { fixture, pictureOf, shortVoice } from "./media.ts";

const engine = createEngine();
afterAll(() => engine.dispose());

const CLIPS = import.meta.glob<string>("../fixtures/video/*.mp4", {
  query: "?url",
  import: "default",
  eager: true,
});

async function clip(name: string): Promise<File> {
  const url = CLIPS[`../fixtures/video/${name}.mp4`]!;
  return new File([await (await fetch(url)).blob()], `${name}.mp4`, { type: "video/mp4" });
}

/** Pieces in memory, as the queue keeps them. */
function memoryCheckpoint(pieces: Blob[] = [], onSave: (count: number) => void = () => undefined) {
  const checkpoint: Checkpoint = {
    load: () => Promise.resolve([...pieces]),
    save(piece, index = pieces.length) {
      pieces.length = Math.min(pieces.length, index);
      pieces.push(piece);
      onSave(pieces.length);
      return Promise.resolve();
    },
  };
  return { pieces, checkpoint };
}

/** Runs a job and counts the frames that it drew. */
async function run(request: JobSpec<Blob>, checkpoint?: Checkpoint) {
  const seen: JobProgress[] = [];
  const result = await engine.run(request, {
    onProgress: (progress) => seen.push(progress),
    ...(checkpoint ? { checkpoint } : {}),
  });
  const rendering = seen.filter(({ stage }) => stage === "rendering");
  const { frames } = result.report;
  // The second report of the stage, before the first frame is drawn, tells how many frames there were.
  const begun = Math.round((rendering[1]?.stageProgress ?? 0) * frames);
  const drawn = frames - begun;
  return {
    ...result,
    hash: await sha256OfBlob(result.output),
    drawn,
    stages: new Set(seen.map(({ stage }) => stage)),
  };
}

/**
 * Runs a job with a checkpoint and breaks it off when that many pieces have been saved; a second or more must be left
 * to draw then, for a busy page hears of a piece late.
 */
async function interrupt(request: JobSpec<Blob>, pieces: number): Promise<Blob[]> {
  const stop = new AbortController();
  const kept = memoryCheckpoint([], (count) => {
    if (count >= pieces) stop.abort();
  });
  const job = engine.run(request, { signal: stop.signal, checkpoint: kept.checkpoint });
  await expect(job).rejects.toMatchObject({ code: "job/cancelled" });
  return kept.pieces.slice(0, pieces);
}

/** The bundled portrait, small, so that the tests are quick; so many times side by side. */
async function smallPortrait(times = 1): Promise<File> {
  const bitmap = await createImageBitmap(await fixture("portrait.jpg"));
  const height = Math.round((200 * bitmap.height) / bitmap.width);
  return pictureOf(200 * times, height, (context) => {
    for (let i = 0; i < times; i++) context.drawImage(bitmap, 200 * i, 0, 200, height);
  });
}

const settings = { backend: "wasm", segmentSeconds: 0.4, hashFrames: true, format: "webm" } as const;
const SEGMENT = 10;

async function picture(change: Partial<JobSpec<Blob>> = {}): Promise<JobSpec<Blob>> {
  const formState = { image: await smallPortrait(), audio: await shortVoice(2.6), seed: 5 };
  return { model: "lipsync-image", formState, ...settings, ...change } as JobSpec<Blob>;
}

describe("an interrupted job goes on from its last finished segment, and its file is that of a whole run:", () => {
  test("a portrait", async () => {
    const request = await picture();
    const whole = await run(request);
    expect(whole.drawn).toBe(whole.report.frames);
    const { checkpoint } = memoryCheckpoint(await interrupt(request, 3));
    const resumed = await run(request, checkpoint);
    expect(resumed.drawn).toBe(whole.report.frames - 2 * SEGMENT);
    expect(resumed.hash).toBe(whole.hash);
    expect(resumed.report).toEqual(whole.report);
    expect(resumed.warnings).toEqual(whole.warnings);
    expect(resumed.stages).not.toContain("listening");
  });

  test("a dialogue", async () => {
    const formState = {
      image: await smallPortrait(2),
      leftAudio: await shortVoice(1.2),
      rightAudio: await shortVoice(1),
      order: "left_right",
      seed: 3,
    } as const;
    const request = { model: "lipsync-image-multi", formState, ...settings } as const;
    const whole = await run(request);
    const { checkpoint } = memoryCheckpoint(await interrupt(request, 3));
    const resumed = await run(request, checkpoint);
    expect(resumed.drawn).toBe(whole.report.frames - 2 * SEGMENT);
    expect(resumed.hash).toBe(whole.hash);
  });

  test("a video that is played back and forth; its faces are not followed again", async () => {
    const formState = { video: await clip("talk"), audio: await shortVoice(2.6), seed: 1 };
    const request = { model: "lipsync-video", formState, ...settings } as const;
    const whole = await run(request);
    for (const pieces of [1, 4]) {
      const { checkpoint } = memoryCheckpoint(await interrupt(request, pieces));
      const resumed = await run(request, checkpoint);
      expect(resumed.drawn).toBe(whole.report.frames - (pieces - 1) * SEGMENT);
      expect(resumed.hash).toBe(whole.hash);
      expect(resumed.report).toEqual(whole.report);
      expect(resumed.stages).not.toContain("finding faces");
    }
  });

  test("a video whose lips a model of the user's own paints, which sees the first face beside every other", async () => {
    const formState = { video: await clip("talk"), audio: await shortVoice(2), seed: 1 };
    const file = new File([paintNet({ size: 96 })], "own.onnx");
    const lipModel = { file, acceptLicence: true };
    const request = { model: "lipsync-video", formState, lipModel, ...settings } as const;
    const whole = await run(request);
    const { checkpoint } = memoryCheckpoint(await interrupt(request, 3));
    const resumed = await run(request, checkpoint);
    expect(resumed.drawn).toBe(whole.report.frames - 2 * SEGMENT);
    expect(resumed.hash).toBe(whole.hash);
  });
});

test("with the browser's own H.264 encoder, which need not encode twice alike, the frames are those of a whole run", async () => {
  const formState = { video: await clip("talk"), audio: await shortVoice(2), seed: 1 };
  const requests = [
    await picture({ format: "mp4" }),
    { model: "lipsync-video", formState, ...settings, format: "mp4" } as const,
  ];
  for (const request of requests) {
    const whole = await run(request);
    const { checkpoint } = memoryCheckpoint(await interrupt(request, 3));
    const resumed = await run(request, checkpoint);
    expect(resumed.drawn).toBe(whole.report.frames - 2 * SEGMENT);
    expect(resumed.report).toEqual(whole.report);
    expect(Math.abs(resumed.output.size / whole.output.size - 1)).toBeLessThan(0.1);
  }
});

describe("what was kept is used only where it fits:", () => {
  test("not by a job of other parameters, which replaces it", async () => {
    const request = await picture();
    const other = await picture({ fps: 24 });
    const kept = memoryCheckpoint(await interrupt(request, 3));
    const before = [...kept.pieces];
    const result = await run(other, kept.checkpoint);
    expect(result.drawn).toBe(result.report.frames);
    expect(result.hash).toBe((await run(other)).hash);
    expect(kept.pieces.some((piece) => before.includes(piece))).toBe(false);
  });

  test("not from a damaged segment on", async () => {
    const request = await picture();
    const pieces = await interrupt(request, 4);
    const bytes = new Uint8Array(await pieces[2]!.arrayBuffer());
    bytes[bytes.length - 100]! ^= 1;
    pieces[2] = new Blob([bytes]);
    const resumed = await run(request, memoryCheckpoint(pieces).checkpoint);
    expect(resumed.drawn).toBe(resumed.report.frames - SEGMENT);
    expect(resumed.hash).toBe((await run(request)).hash);
  });

  test("and a full storage stops nothing", async () => {
    const full = () => Promise.reject(new EngineError("storage/full", "no room"));
    const result = await run(await picture(), { load: full, save: full });
    expect(result.drawn).toBe(result.report.frames);
  });
});
