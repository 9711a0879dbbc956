import { afterAll, describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import type { JobProgress } from "../../src/job/job.ts";
import { openVideo } from "../../src/media/demux/open-video.ts";
import { fixture, shortVoice } from "./media.ts";

const engine = createEngine();
afterAll(() => engine.dispose());

async function facts(movie: Blob) {
  const video = await openVideo(movie);
  try {
    return {
      width: video.width,
      height: video.height,
      seconds: video.durationSeconds,
      hasAudio: video.hasAudio,
    };
  } finally {
    video.dispose();
  }
}

describe("a photo and a voice", () => {
  test("become a movie as long as the voice, with progress that never falls", async () => {
    const seen: JobProgress[] = [];
    let previews = 0;
    const { output, report, seed, timings } = await engine.run(
      {
        model: "lipsync-image",
        formState: { image: await fixture("portrait.jpg"), audio: await shortVoice(2), seed: 5 },
        backend: "wasm",
      },
      {
        onProgress: (progress) => seen.push(progress),
        onPreview: (frame) => {
          previews++;
          frame.close();
        },
      },
    );
    const movie = await facts(output);
    expect(output.type).toMatch(/^video\/mp4/);
    expect(seed).toBe(5);
    expect(Math.min(movie.width, movie.height)).toBe(480);
    expect(movie.hasAudio).toBe(true);
    expect(Math.abs(movie.seconds - report.durationSeconds)).toBeLessThanOrEqual(1 / 25 + 0.001);
    expect(report.frames).toBe(Math.round(report.durationSeconds * 25));
    expect(report.faces[0]!.animated).toBe(true);
    const values = seen.map((progress) => progress.progress);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(seen.at(-1)).toMatchObject({ stage: "done", progress: 1 });
    expect(timings.rendering).toBeGreaterThan(0);
    expect(previews).toBeGreaterThan(0);
  });

  test("give the same frames for the same seed, in another engine too, and others for another seed", async () => {
    const other = createEngine();
    const image = await fixture("portrait.jpg");
    const audio = await shortVoice(0.6);
    const hash = async (seed: number, which = engine) => {
      const request = {
        model: "lipsync-image",
        formState: { image, audio, seed },
        hashFrames: true,
      } as const;
      return (await which.run({ ...request, backend: "wasm" })).report.framesSha256;
    };
    try {
      const first = await hash(1);
      expect(first).toMatch(/^[0-9a-f]{64}$/);
      expect(await hash(1)).toBe(first);
      expect(await hash(1, other)).toBe(first);
      expect(await hash(2)).not.toBe(first);
    } finally {
      other.dispose();
    }
  });

  test("make a WebM when asked for one", async () => {
    const { output } = await engine.run({
      model: "lipsync-image",
      formState: { image: await fixture("portrait.jpg"), audio: await shortVoice(0.8) },
      format: "webm",
      backend: "wasm",
    });
    expect(output.type).toMatch(/^video\/webm/);
    expect((await facts(output)).hasAudio).toBe(true);
  });

  test("need no WebCodecs encoder", async () => {
    const { output, report } = await engine.run({
      model: "lipsync-image",
      formState: { image: await fixture("portrait.jpg"), audio: await shortVoice(0.5) },
      encoder: "ffmpeg",
      backend: "wasm",
    });
    expect(report.encoder).toMatch(/ffmpeg|x264/i);
    expect((await facts(output)).seconds).toBeGreaterThan(0.3);
  });
});
