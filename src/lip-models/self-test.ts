import { finding, type Finding } from "../job/findings.ts";
import { createImage, type RgbaImage } from "../core/image.ts";
import { createRandom } from "../core/random.ts";
import { roundTo, unit } from "../core/scalar.ts";
import { readFaceOutput } from "./frames/face-tensor.ts";
import type { FaceGenerator, FaceOrder } from "./face-generator.ts";
import type { LipFramesManifest } from "./manifest/manifest.ts";
import { silenceLevel, type MelSpectrogram } from "./frames/mel.ts";

/** One thing that was checked. */
export interface SelfCheck {
  readonly name: "shapes" | "finite" | "range" | "moves with the sound" | "shows the reference" | "batches";
  readonly passed: boolean;
  /** The figures. */
  readonly detail: Finding;
}

/** What a trial run of a model showed. */
export interface SelfTest {
  readonly passed: boolean;
  readonly checks: readonly SelfCheck[];
  /** What the manifest may have wrong; the model runs all the same. */
  readonly hints: readonly Finding[];
  /** Milliseconds a frame in batches of the generator's size, after warming up. */
  readonly msPerFrame: number;
}

/** Share of values that may lie outside the declared range. */
const MAX_OUTSIDE = 0.02;
const RANGE_SLACK = 0.05;
/** Mean change of the lower half, in 8-bit steps, below which a mouth cannot be seen to move. */
const MIN_MOTION = 0.5;
/** Mean change of the picture, in 8-bit steps, below which the reference does not count as used. */
const MIN_REFERENCE = 0.5;
const MAX_BATCH_DIFFERENCE = 2;

/** A face of flat shapes: skin, eyes, nose shadow and lips, on a background. */
function drawnFace(size: number, skin: readonly [number, number, number]): RgbaImage {
  const image = createImage(size, size);
  const inEllipse = (x: number, y: number, cx: number, cy: number, rx: number, ry: number) =>
    ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1;
  for (let i = 0; i < size * size; i++) {
    const x = ((i % size) + 0.5) / size;
    const y = (Math.floor(i / size) + 0.5) / size;
    let colour: readonly number[] = [70, 90, 110];
    if (inEllipse(x, y, 0.5, 0.5, 0.46, 0.52)) {
      const light = 1 - 0.25 * Math.abs(x - 0.4);
      colour = skin.map((value) => value * light);
      if (inEllipse(x, y, 0.32, 0.38, 0.08, 0.04) || inEllipse(x, y, 0.68, 0.38, 0.08, 0.04)) {
        colour = [40, 30, 30];
      } else if (inEllipse(x, y, 0.5, 0.76, 0.17, 0.05)) {
        colour = [skin[0] * 0.8, skin[1] * 0.5, skin[2] * 0.5];
      }
    }
    for (let c = 0; c < 3; c++) image.data[i * 4 + c] = colour[c]!;
    image.data[i * 4 + 3] = 255;
  }
  return image;
}

/** Three windows one after the other: silence, a vowel-like sound, a hiss. */
function drawnSound({ audio }: LipFramesManifest): MelSpectrogram {
  const { bands, columns } = audio;
  const random = createRandom(7);
  const silence = silenceLevel(audio);
  const loud = audio.normalise ? audio.normalise.maxAbs : 0;
  const data = new Float32Array(3 * columns * bands).fill(silence);
  for (let column = columns; column < 3 * columns; column++) {
    for (let band = 0; band < bands; band++) {
      const place = band / bands;
      const vowel =
        Math.exp(-(((place - 0.2) / 0.12) ** 2)) + 0.8 * Math.exp(-(((place - 0.45) / 0.08) ** 2));
      const energy = column < 2 * columns ? Math.min(1, vowel) : place > 0.6 ? 0.7 : 0.1;
      const level = unit(energy + 0.1 * (random() - 0.5));
      data[column * bands + band] = silence + level * (loud - silence) * 0.9;
    }
  }
  return { columns: 3 * columns, bands, data };
}

/** Mean distance of two pictures in 8-bit steps over rows from `from` to `to` (shares of the side). */
function distance(a: RgbaImage, b: RgbaImage, from: number, to: number, swapColours = false): number {
  const first = Math.round(from * a.height) * a.width * 4;
  const last = Math.round(to * a.height) * a.width * 4;
  let sum = 0;
  for (let i = first; i < last; i += 4) {
    for (let c = 0; c < 3; c++) sum += Math.abs(a.data[i + c]! - b.data[i + (swapColours ? 2 - c : c)]!);
  }
  return sum / (((last - first) / 4) * 3);
}

/**
 * Runs a model on a drawn face and three drawn sounds and judges what comes back.
 * @throws EngineError `model/unsupported` when it does not run at all, `device/…`.
 */
export async function selfTest(generator: FaceGenerator): Promise<SelfTest> {
  const { manifest } = generator;
  const { size, audio } = manifest;
  const face = drawnFace(size, [205, 150, 125]);
  const other = drawnFace(size, [110, 70, 50]);
  const mel = drawnSound(manifest);
  const order = (window: number, reference = face): FaceOrder => ({
    face,
    reference,
    column: window * audio.columns,
  });
  const checks: SelfCheck[] = [];
  const outLength = 3 * size * size;

  const raw = await generator.generateRaw(mel, [order(0), order(1), order(2)]);
  checks.push({
    name: "shapes",
    passed: true,
    detail: finding("trial/shapes", { size }),
  });
  const broken = raw.reduce((count, value) => count + (Number.isFinite(value) ? 0 : 1), 0);
  checks.push({
    name: "finite",
    passed: broken === 0,
    detail: broken === 0 ? finding("trial/finite") : finding("trial/broken", { broken, total: raw.length }),
  });
  const [low, high] = manifest.output.range;
  const slack = (high - low) * RANGE_SLACK;
  let [least, most, outside] = [Infinity, -Infinity, 0];
  for (const value of raw) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    if (value < low - slack || value > high + slack) outside++;
  }
  checks.push({
    name: "range",
    passed: outside / raw.length <= MAX_OUTSIDE,
    detail: finding("trial/range", { least: roundTo(least, 2), most: roundTo(most, 2), low, high }),
  });
  const pictures = [0, 1, 2].map((i) => readFaceOutput(manifest, raw, i * outLength));
  const [silent, vowel, hiss] = pictures as [RgbaImage, RgbaImage, RgbaImage];
  const motion = Math.max(
    distance(silent, vowel, 0.5, 1),
    distance(silent, hiss, 0.5, 1),
    distance(vowel, hiss, 0.5, 1),
  );
  checks.push({
    name: "moves with the sound",
    passed: motion >= MIN_MOTION,
    detail: finding("trial/motion", { steps: roundTo(motion, 1) }),
  });

  const alone = readFaceOutput(manifest, await generator.generateRaw(mel, [order(1)]), 0);
  const apart = distance(alone, vowel, 0, 1);
  checks.push({
    name: "batches",
    passed: apart <= MAX_BATCH_DIFFERENCE,
    detail: finding("trial/batches", { steps: roundTo(apart, 2) }),
  });

  const hints: Finding[] = [];
  const plain = distance(vowel, face, 0.05, 0.45);
  const swapped = distance(vowel, face, 0.05, 0.45, true);
  if (swapped < plain * 0.7) {
    hints.push(finding("hint/colours"));
  }
  if (manifest.references.count > 0) {
    const mixed = readFaceOutput(manifest, await generator.generateRaw(mel, [order(1, other)]), 0);
    const change = distance(mixed, alone, 0, 1);
    checks.push({
      name: "shows the reference",
      passed: change >= MIN_REFERENCE,
      detail: finding("trial/reference", { steps: roundTo(change, 1) }),
    });
    if (distance(mixed, other, 0.05, 0.45) < distance(mixed, face, 0.05, 0.45) * 0.7) {
      hints.push(finding("hint/reference-first"));
    }
  }

  const full = Array.from({ length: generator.batch }, (_, i) => order(i % 3));
  const started = performance.now();
  await generator.generateRaw(mel, full);
  const msPerFrame = (performance.now() - started) / full.length;
  return { passed: checks.every((check) => check.passed), checks, hints, msPerFrame };
}
