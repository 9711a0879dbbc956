import { afterAll, expect, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import type { ErrorCode } from "../../src/job/errors.ts";
import { fixture, pictureOf, shortVoice, silence } from "./media.ts";

const engine = createEngine();
afterAll(() => engine.dispose());

interface Files {
  image?: Blob;
  audio?: Blob;
}

async function failure(files: Files, maxSeconds?: number): Promise<{ code: ErrorCode; message: string }> {
  const request = {
    model: "lipsync-image",
    formState: {
      image: files.image ?? (await fixture("portrait.jpg")),
      audio: files.audio ?? silence(0.3),
    },
    backend: "wasm",
    ...(maxSeconds ? { maxSeconds } : {}),
  } as const;
  return engine.run(request).then(
    () => {
      throw new Error("the job succeeded");
    },
    (error: { code: ErrorCode; message: string }) => error,
  );
}

const cases: [string, ErrorCode, () => Promise<Files> | Files, number?][] = [
  [
    "a text file named .png",
    "input/image",
    () => ({ image: new File(["hello"], "a.png", { type: "image/png" }) }),
  ],
  ["an empty picture file", "input/image", () => ({ image: new File([], "a.png") })],
  [
    "a 1×1 picture",
    "input/image-too-small",
    async () => ({ image: await pictureOf(1, 1, (context) => context.fillRect(0, 0, 1, 1)) }),
  ],
  [
    "a picture without a face",
    "input/no-face",
    async () => ({
      image: await pictureOf(400, 300, (context) => {
        context.fillStyle = "#7a9";
        context.fillRect(0, 0, 400, 300);
        context.fillStyle = "#542";
        context.fillRect(40, 90, 90, 120);
      }),
    }),
  ],
  [
    "a face of a few pixels",
    "input/face-too-small",
    async () => {
      const face = await createImageBitmap(await fixture("portrait.jpg"));
      return {
        image: await pictureOf(640, 480, (context) => {
          context.fillStyle = "#888";
          context.fillRect(0, 0, 640, 480);
          context.drawImage(face, 200, 100, 90, (90 * face.height) / face.width);
        }),
      };
    },
  ],
  ["an empty audio file", "input/audio-empty", () => ({ audio: new File([], "a.wav") })],
  ["a text file named .mp3", "input/audio", () => ({ audio: new File(["no sound"], "a.mp3") })],
  ["a voice over the limit", "input/audio-too-long", () => ({ audio: silence(3) }), 2],
];

test.each(cases)("%s ends with %s and a sentence", async (...[, code, files, maxSeconds]) => {
  const error = await failure(await files(), maxSeconds);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^[“A-Z].{15,}[.)]$/s);
});

test("a seed that is no integer is refused", async () => {
  const formState = { image: await fixture("portrait.jpg"), audio: silence(0.2), seed: 1.5 };
  await expect(engine.run({ model: "lipsync-image", formState })).rejects.toMatchObject({
    code: "input/field",
  });
});

test("a mask that is no picture is refused as a mask", async () => {
  const formState = {
    image: await fixture("portrait.jpg"),
    audio: silence(0.2),
    maskImage: new Blob(["x"]),
  };
  await expect(engine.run({ model: "lipsync-image", formState })).rejects.toMatchObject({
    code: "input/mask",
  });
});

test("a truncated MP3 is rendered as far as it goes", async () => {
  const { report } = await engine.run({
    model: "lipsync-image",
    formState: { image: await fixture("portrait.jpg"), audio: (await shortVoice(1)).slice(0, 4001) },
    backend: "wasm",
  });
  expect(report.durationSeconds).toBeGreaterThan(0.4);
  expect(report.durationSeconds).toBeLessThan(1);
});

test("a cancelled job rejects at once and the next job works", async () => {
  const controller = new AbortController();
  const image = await fixture("portrait.jpg");
  const running = engine.run(
    { model: "lipsync-image", formState: { image, audio: await shortVoice(8) }, backend: "wasm" },
    {
      signal: controller.signal,
      onProgress: ({ stage, progress }) => {
        if (stage === "rendering" && progress > 0.3) controller.abort();
      },
    },
  );
  await expect(running).rejects.toMatchObject({ code: "job/cancelled" });
  const next = await engine.run({
    model: "lipsync-image",
    formState: { image, audio: await shortVoice(0.5) },
    backend: "wasm",
  });
  expect(next.report.frames).toBeGreaterThan(8);
});

test("unknown words of the prompt are named and do no harm", async () => {
  const { warnings } = await engine.run({
    model: "lipsync-image",
    formState: { image: await fixture("portrait.jpg"), audio: silence(0.2), prompt: "calm, cyberpunk" },
    backend: "wasm",
  });
  expect(warnings).toContainEqual(
    expect.objectContaining({ code: "prompt/unknown", values: { words: "cyberpunk" } }),
  );
});
