import { createImage, type RgbaImage } from "../../../src/core/image.ts";
import { REST_POSE } from "../../../src/core/mouth.ts";
import type { PersonMatte } from "../../../src/core/person-matte.ts";
import { createRuntime } from "../../../src/inference/runtime.ts";
import { decodeImage } from "../../../src/media/image/decode-image.ts";
import { loadRig } from "../../../src/render/face-rig/rig.ts";
import { copySource, preparePortrait, type FramePose } from "../../../src/render/portrait/portrait.ts";
import { createFaceAnalyser } from "../../../src/vision/landmarks/face-analyser.ts";
import { createMatteReader } from "../../../src/vision/matte/person-matte.ts";
import type { EvalContext, EvalReport, EvalSection } from "../section.ts";
import { findPatches, paintLines, scoreShifts, shiftOf, type BackgroundScore } from "./background-scores.ts";

const OWN = "tests/fixtures/portrait.jpg";
const SHARED = [
  "intel_female_front.png",
  "intel_male_smile_stubble.png",
  "nasa_astronaut.png",
  "synth_00_african_female_young.jpg",
  "synth_03_asian_male_young.jpg",
  "synth_05_caucasian_male_old.jpg",
  "synth_09_caucasian-african_male_young.jpg",
] as const;
/** A head that turns, nods and leans farther than idle motion does. */
const POSES = 24;
const TURN = { yawDeg: 6, pitchDeg: 4, rollDeg: 3, x: 0.03, y: 0.02 } as const;
/** Distances from the silhouette in pixels: nearer crossings are covered by the head when it turns. */
const BESIDE = [14, 48] as const;

/** What one picture came to. */
interface Row {
  readonly name: string;
  /** Whether the matte was sure enough to part person and wall. */
  readonly parted: boolean;
  readonly withMatte: BackgroundScore;
  readonly without: BackgroundScore;
}

/** A full turn of the head, the same at its beginning and end. */
function poseAt(step: number): FramePose {
  const phase = (2 * Math.PI * step) / POSES;
  return {
    mouth: REST_POSE,
    head: {
      yawDeg: TURN.yawDeg * Math.sin(phase),
      pitchDeg: TURN.pitchDeg * Math.sin(2 * phase + 1),
      rollDeg: TURN.rollDeg * Math.sin(phase + 2),
      x: TURN.x * Math.sin(phase),
      y: TURN.y * Math.sin(2 * phase),
    },
    blinkLeft: 0,
    blinkRight: 0,
    brow: 0,
    smile: 0,
  };
}

/** Share of a person in each pixel, `[height, width]`, 0 to 1, from the nearest of the matte's. */
function personOf(matte: PersonMatte, { width, height }: RgbaImage): Float32Array {
  return Float32Array.from({ length: width * height }, (_, i) => {
    const x = Math.floor((((i % width) + 0.5) * matte.width) / width);
    const y = Math.floor(((Math.floor(i / width) + 0.5) * matte.height) / height);
    return matte.data[y * matte.width + x]! / 255;
  });
}

async function run(context: EvalContext): Promise<EvalReport> {
  const runtime = await createRuntime({ backend: "wasm", threads: 1 });
  try {
    const analyser = await createFaceAnalyser(runtime);
    const mattes = await createMatteReader(runtime);
    const [rigBytes, geometry] = await Promise.all([
      runtime.loadAsset("rig"),
      runtime.loadAsset("face-geometry"),
    ]);
    const rig = loadRig(rigBytes, geometry);
    const files = [
      await context.file(OWN),
      ...(await Promise.all(SHARED.map((name) => context.media(`portraits/${name}`)))),
    ];
    const rows: Row[] = [];
    for (const [index, file] of files.entries()) {
      context.onProgress(index / files.length);
      if (!file) continue;
      const { image: plain } = await decodeImage(file, { maxPixels: 480 * 640 });
      const person = personOf(await mattes.read(plain), plain);
      const image = paintLines(plain, person);
      const [found] = await analyser.analyse(image);
      if (!found) throw new Error(`${file.name} shows no face`);
      const matte = await mattes.read(image);
      const patches = findPatches(person, image.width, image.height, ...BESIDE);
      const out = createImage(image.width, image.height);
      const still = createImage(image.width, image.height);
      copySource(image, still);
      const shiftsWith = (options: { matte?: PersonMatte }) => {
        const face = preparePortrait({ image, landmarks: found.landmarks, rig, ...options });
        const box = face.animatedBox;
        const moving = patches.filter(
          ({ x, y }) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height,
        );
        const shifts: number[] = [];
        for (let step = 0; step < POSES; step++) {
          copySource(image, out);
          face.render(poseAt(step), out);
          for (const patch of moving) shifts.push(shiftOf(still, out, patch));
        }
        return scoreShifts(moving.length, shifts);
      };
      const withMatte = shiftsWith({ matte });
      const without = shiftsWith({});
      const parted = createsBackdrop(withMatte, without);
      rows.push({ name: file.name.replace(/\.\w+$/, ""), parted, withMatte, without });
    }
    return { json: rows, markdown: describe(rows) };
  } finally {
    await runtime.dispose();
  }
}

/** A matte that was believed changes what is drawn. */
const createsBackdrop = (a: BackgroundScore, b: BackgroundScore) => a.mean !== b.mean || a.most !== b.most;

function describe(rows: readonly Row[]): string {
  const cells = ({ mean, most95, most }: BackgroundScore) =>
    `${mean.toFixed(2)} | ${most95.toFixed(2)} | ${most.toFixed(2)}`;
  return [
    `Upright and level lines are painted onto the wall behind a person, and the head turns (yaw ± ${TURN.yawDeg}°, pitch ± ${TURN.pitchDeg}°,`,
    `roll ± ${TURN.rollDeg}°, ${POSES} poses). How far crossings of lines ${BESIDE[0]} to ${BESIDE[1]} pixels beside the person move, in pixels of a picture of`,
    "at most 480 × 640: mean, 95th percentile and most; with the person's matte, and without it.",
    "",
    "| Picture | Crossings | Parted | With the matte: mean | 95 % | most | Without: mean | 95 % | most |",
    "|---|---|---|---|---|---|---|---|---|",
    ...rows.map(
      (row) =>
        `| ${row.name} | ${row.withMatte.patches} | ${row.parted ? "yes" : "no"} | ${cells(row.withMatte)} | ${cells(row.without)} |`,
    ),
  ].join("\n");
}

/** How still a wall stands behind a portrait's turning head. */
export const BACKGROUND_SECTION: EvalSection = {
  name: "background",
  title: "The wall behind a turning head",
  run,
};
