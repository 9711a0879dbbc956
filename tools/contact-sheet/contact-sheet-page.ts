import type { FaceLandmarks } from "../../src/core/face.ts";
import { createImage, outputSize, type Resolution, type RgbaImage } from "../../src/core/image.ts";
import { REST_POSE, type MouthPose, type MouthTrack } from "../../src/core/mouth.ts";
import { createFaceAnalyser, type FaceAnalyser } from "../../src/vision/landmarks/face-analyser.ts";
import { createRuntime, type Runtime } from "../../src/inference/runtime.ts";
import { decodeImage, resizeImage } from "../../src/media/image/decode-image.ts";
import { openAudio } from "../../src/media/audio/open-audio.ts";
import { createIdleMotion } from "../../src/render/idle-motion/idle-motion.ts";
import { copySource, preparePortrait, type FramePose } from "../../src/render/portrait/portrait.ts";
import { loadRig, type Rig } from "../../src/render/face-rig/rig.ts";
import { sampleMouth } from "../../src/speech/mouth-track/sample-mouth.ts";
import { createSpeechModel } from "../../src/speech/model/speech-model.ts";
import type { Warning } from "../../src/job/warnings.ts";

/** What one picture gave: a row of faces, a row of mouths (PNG data URLs), and facts. */
export interface SheetRow {
  readonly faces: string;
  readonly mouths: string;
  readonly landmarks: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly warnings: readonly Warning[];
  readonly prepareMs: number;
  readonly frameMs: number;
}

/** How to draw a row. */
export interface SheetOptions {
  readonly resolution: Resolution;
  /** Side of a cell in pixels. */
  readonly cell: number;
  /** With a voice: how many frames are shown, from which second, every how many. */
  readonly frames: { readonly count: number; readonly fromSeconds: number; readonly step: number };
}

declare global {
  interface Window {
    dudakSheet: {
      listen(audioUrl: string): Promise<number>;
      row(pictureUrl: string, options: SheetOptions): Promise<SheetRow>;
    };
  }
}

const FPS = 25;
const STILL = {
  head: { yawDeg: 0, pitchDeg: 0, rollDeg: 0, x: 0, y: 0 },
  blinkLeft: 0,
  blinkRight: 0,
  brow: 0,
  smile: 0,
} as const;

/** The mouth's key shapes, as the speech model would give them. */
const KEY_SHAPES: Record<string, Partial<MouthPose>> = {
  rest: {},
  ah: { aperture: 1, stretch: 0.05 },
  eh: { aperture: 0.6, stretch: 0.45 },
  ee: { aperture: 0.28, stretch: 0.85, teeth: 0.4 },
  oh: { aperture: 0.5, round: 0.75 },
  oo: { aperture: 0.24, round: 0.95 },
  fv: { aperture: 0.15, labiodental: 1 },
  mbp: { closure: 1 },
  l: { aperture: 0.34, tongue: 1, stretch: 0.15 },
  s: { aperture: 0.14, stretch: 0.45, teeth: 1, tongue: 0.5 },
  sh: { aperture: 0.2, round: 0.6, teeth: 0.8 },
};

interface Engine {
  readonly runtime: Runtime;
  readonly faces: FaceAnalyser;
  readonly rig: Rig;
}
let engine: Promise<Engine> | undefined;
let track: MouthTrack | undefined;

async function start(): Promise<Engine> {
  const runtime = await createRuntime({ backend: "wasm" });
  const faces = await createFaceAnalyser(runtime);
  const [rig, geometry] = await Promise.all(
    ["/models/rig/rig.bin", "/models/built/face-geometry.bin"].map(
      async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer()),
    ),
  );
  return { runtime, faces, rig: loadRig(rig!, geometry!) };
}

async function fetchFile(url: string): Promise<File> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new File([await response.blob()], url.split("/").at(-1)!);
}

function canvasOf(image: RgbaImage): OffscreenCanvas {
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext("2d")!.putImageData(new ImageData(image.data, image.width, image.height), 0, 0);
  return canvas;
}

async function dataUrl(canvas: OffscreenCanvas): Promise<string> {
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return `data:image/png;base64,${btoa(text)}`;
}

/** Squares around the face and around the mouth: centre and half side in pixels. */
function views({ points }: FaceLandmarks) {
  const at = (v: number, axis: number) => points[v * 3 + axis]!;
  const middle = (a: number, b: number, axis: number) => (at(a, axis) + at(b, axis)) / 2;
  const iod = Math.hypot(middle(33, 133, 0) - middle(263, 362, 0), middle(33, 133, 1) - middle(263, 362, 1));
  return {
    face: { x: middle(234, 454, 0), y: middle(10, 152, 1), half: 1.7 * iod },
    mouth: { x: middle(78, 308, 0), y: middle(78, 308, 1) + 0.1 * iod, half: 0.62 * iod },
  };
}

function posesOf({ frames }: SheetOptions): { name: string; pose: FramePose }[] {
  if (!track) {
    return Object.entries(KEY_SHAPES).map(([name, mouth]) => ({
      name,
      pose: { ...STILL, mouth: { ...REST_POSE, ...mouth } },
    }));
  }
  const voice = track;
  const life = createIdleMotion(voice, voice.frames / 100, 1, {
    headMotion: 1,
    blinkRate: 20,
    energy: 1,
    expressiveness: 1,
    smile: 0,
  });
  return Array.from({ length: frames.count }, (_, i) => {
    const frame = Math.round(frames.fromSeconds * FPS) + i * frames.step;
    return { name: `${frame}`, pose: { mouth: sampleMouth(voice, FPS, frame), ...life.at(frame / FPS) } };
  });
}

window.dudakSheet = {
  async listen(audioUrl) {
    const { runtime } = await (engine ??= start());
    const speech = await createSpeechModel(runtime);
    const source = await openAudio(await fetchFile(audioUrl));
    try {
      track = await speech.mouthOf(await source.mono16k());
    } finally {
      source.dispose();
    }
    return track.frames / 100;
  },
  async row(pictureUrl, options) {
    const { faces, rig } = await (engine ??= start());
    const { image: picture } = await decodeImage(await fetchFile(pictureUrl));
    const [found] = await faces.analyse(picture);
    if (!found) throw new Error(`${pictureUrl}: no face`);
    const { width, height } = outputSize(picture, options.resolution);
    const image = resizeImage(picture, width, height);
    const points = found.landmarks.points.map(
      (value, i) => value * (i % 3 === 1 ? height / picture.height : width / picture.width),
    );
    const landmarks = { ...found.landmarks, points };
    const began = performance.now();
    const portrait = preparePortrait({ image, landmarks, rig });
    const prepareMs = performance.now() - began;
    const poses = posesOf(options);
    const { cell } = options;
    const sheets = [0, 1].map(() => new OffscreenCanvas(cell * (poses.length + 1), cell));
    const out = createImage(width, height);
    const place = (column: number, name: string) => {
      const drawn = canvasOf(out);
      const { face, mouth } = views(landmarks);
      [face, mouth].forEach(({ x, y, half }, i) => {
        const context = sheets[i]!.getContext("2d")!;
        context.imageSmoothingQuality = "high";
        context.drawImage(drawn, x - half, y - half, 2 * half, 2 * half, column * cell, 0, cell, cell);
        context.font = "12px sans-serif";
        context.fillStyle = "white";
        context.shadowColor = "black";
        context.shadowBlur = 3;
        context.fillText(name, column * cell + 4, 14);
        context.shadowBlur = 0;
      });
    };
    copySource(image, out);
    place(0, "source");
    let spent = 0;
    poses.forEach(({ name, pose }, i) => {
      const start = performance.now();
      copySource(image, out);
      portrait.render(pose, out);
      spent += performance.now() - start;
      place(i + 1, name);
    });
    return {
      faces: await dataUrl(sheets[0]!),
      mouths: await dataUrl(sheets[1]!),
      landmarks: [...found.landmarks.points],
      width: picture.width,
      height: picture.height,
      warnings: portrait.warnings,
      prepareMs,
      frameMs: spent / poses.length,
    };
  },
};
