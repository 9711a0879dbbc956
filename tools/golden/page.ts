import { paintNet } from "../../models/lip-models/test-nets.ts";
import { createEngine } from "../../src/engine/engine.ts";
import type { JobSpec } from "../../src/job/job-spec.ts";

declare global {
  interface Window {
    dudakGolden: {
      readonly names: readonly string[];
      /** SHA-256 of the frames of a case, in hexadecimal. */
      hash(name: string): Promise<string>;
    };
  }
}

type Request = Pick<JobSpec<Blob>, "model" | "formState" | "lipModel" | "format">;

const PORTRAIT = "portrait.jpg";
/** Bytes a second of the bundled voice, whose frames can be cut anywhere. */
const VOICE_BYTES = 6000;

async function fixture(path: string): Promise<File> {
  const response = await fetch(`/tests/fixtures/${path}`);
  if (!response.ok) throw new Error(`tests/fixtures/${path}: ${response.status}`);
  return new File([await response.blob()], path.split("/").at(-1)!);
}

async function voice(fromSeconds: number, seconds: number): Promise<File> {
  const whole = await fixture("voice.mp3");
  return new File(
    [whole.slice(fromSeconds * VOICE_BYTES, (fromSeconds + seconds) * VOICE_BYTES)],
    "voice.mp3",
  );
}

async function draw(
  width: number,
  height: number,
  paint: (context: OffscreenCanvasRenderingContext2D) => void,
): Promise<File> {
  const canvas = new OffscreenCanvas(width, height);
  paint(canvas.getContext("2d")!);
  return new File([await canvas.convertToBlob({ type: "image/png" })], "picture.png");
}

/** A mask whose left part is white. */
const mask = (width: number, height: number, white: number) =>
  draw(width, height, (context) => {
    context.fillStyle = "#000";
    context.fillRect(0, 0, width, height);
    context.fillStyle = "#fff";
    context.fillRect(0, 0, white, height);
  });

/** The bundled portrait twice, side by side, the second mirrored. */
async function pair(): Promise<File> {
  const bitmap = await createImageBitmap(await fixture(PORTRAIT));
  const { width, height } = bitmap;
  return draw(2 * width, height, (context) => {
    context.drawImage(bitmap, 0, 0);
    context.translate(2 * width, 0);
    context.scale(-1, 1);
    context.drawImage(bitmap, 0, 0);
  });
}

const lipModel = () => ({
  file: new File([paintNet({ size: 96 })], "own.onnx"),
  acceptLicence: true,
});

async function portrait(fields: object = {}): Promise<Request> {
  return {
    model: "lipsync-image",
    formState: { image: await fixture(PORTRAIT), audio: await voice(1, 1), seed: 7, ...fields },
  } as Request;
}

async function video(fields: object = {}, clip = "talk"): Promise<Request> {
  return {
    model: "lipsync-video",
    formState: { video: await fixture(`video/${clip}.mp4`), audio: await voice(1, 1.6), seed: 7, ...fields },
  } as Request;
}

async function dialogue(order: string): Promise<Request> {
  const formState = {
    image: await pair(),
    leftAudio: await voice(0, 0.6),
    rightAudio: await voice(1, 0.6),
  };
  return { model: "lipsync-image-multi", formState: { ...formState, order, seed: 7 } } as Request;
}

/** The masks named "even" are as large as the output and have no grey: their edge lies between two pixels. */
const CASES: Readonly<Record<string, () => Promise<Request>>> = {
  portrait: () => portrait({ prompt: "happy, lively" }),
  "portrait, webm": async () => ({ ...(await portrait()), format: "webm" }),
  "portrait, coarse mask": async () => portrait({ maskImage: await mask(90, 120, 45) }),
  "dialogue, meanwhile": () => dialogue("meanwhile"),
  "dialogue, left then right": () => dialogue("left_right"),
  "portrait, lip model": async () => ({ ...(await portrait()), lipModel: lipModel() }),
  "dialogue, lip model": async () => ({ ...(await dialogue("right_left")), lipModel: lipModel() }),
  "portrait, lip model, coarse mask": async () => ({
    ...(await portrait({ maskImage: await mask(90, 120, 45) })),
    lipModel: lipModel(),
  }),
  video: () => video(),
  "video with a gap": () => video({}, "gap"),
  "video, even mask": async () => video({ maskImage: await mask(240, 240, 140) }),
  "video, coarse mask": async () => video({ maskImage: await mask(80, 80, 47) }),
  "video, lip model": async () => ({ ...(await video()), lipModel: lipModel() }),
  "video, lip model, even mask": async () => ({
    ...(await video({ maskImage: await mask(240, 240, 140) })),
    lipModel: lipModel(),
  }),
  "portrait, even mask": async () => {
    const { width, height } = await outputOf(await portrait());
    return portrait({ maskImage: await mask(width, height, Math.round(width / 2)) });
  },
};

const engine = createEngine();

async function outputOf(request: Request): Promise<{ width: number; height: number; hash: string }> {
  const { report } = await engine.run({ ...request, backend: "wasm", hashFrames: true } as JobSpec<Blob>);
  return { width: report.width, height: report.height, hash: report.framesSha256! };
}

window.dudakGolden = {
  names: Object.keys(CASES),
  hash: async (name) => (await outputOf(await CASES[name]!())).hash,
};
