import { expect, test } from "vitest";
import type { DetectedFace, FaceLandmarks } from "../../src/core/face.ts";
import { createImage, type RgbaImage } from "../../src/core/image.ts";
import { createRandom } from "../../src/core/random.ts";
import { readPiece, writePiece } from "../../src/pipeline/checkpoint/checkpoint-piece.ts";
import type { FaceAnalyser } from "../../src/vision/landmarks/face-analyser.ts";
import { trackFaces, type TrackingState } from "../../src/vision/track/track-faces.ts";

const [WIDTH, HEIGHT, FRAMES] = [220, 140, 64];

const random = createRandom(11);
const MESH = Array.from({ length: 478 }, () => [random() - 0.5, random() - 0.5, 0.3 * random()] as const);
/** Corners of the eyes, a third of a face apart. */
const EYES: Readonly<Record<number, readonly [number, number, number]>> = {
  33: [-0.3, -0.2, 0],
  133: [-0.1, -0.2, 0],
  362: [0.1, -0.2, 0],
  263: [0.3, -0.2, 0],
};

/** Where a face is in a frame; undefined where it is not seen. */
type Path = (frame: number) => { x: number; y: number } | undefined;
const PATHS: readonly Path[] = [
  (frame) =>
    frame >= 21 && frame < 30 ? undefined : { x: 60 + 0.7 * frame, y: 60 + 4 * Math.sin(frame / 5) },
  (frame) => (frame >= 12 && frame < 40 ? { x: 175 - 0.3 * frame, y: 80 } : undefined),
];
const SIZE = 60;

const frameOf = new WeakMap<RgbaImage, number>();
function pictureAt(frame: number): RgbaImage {
  const image = createImage(WIDTH, HEIGHT);
  // Another scene from frame 45 on.
  const base = frame < 45 ? 60 : 190;
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      let value = base;
      PATHS.forEach((path, i) => {
        const at = path(frame);
        if (!at || Math.hypot(x - at.x, y - at.y) > SIZE / 2) return;
        value = 120 + 50 * Math.sin((x - at.x) / (4 + i)) * Math.cos((y - at.y) / 5);
      });
      image.data.set([value, 0.8 * value, 0.7 * value + 10 * Math.sin(x / 9), 255], (y * WIDTH + x) * 4);
    }
  }
  frameOf.set(image, frame);
  return image;
}

function meshAt({ x, y }: { x: number; y: number }, presence: number): FaceLandmarks {
  const points = new Float32Array(478 * 3);
  MESH.forEach((vertex, i) => {
    const [dx, dy, dz] = EYES[i] ?? vertex;
    points.set([x + SIZE * dx, y + SIZE * dy, SIZE * dz], 3 * i);
  });
  return { points, presence };
}

const analyser: Pick<FaceAnalyser, "detect" | "landmarks"> = {
  detect(image) {
    const faces = PATHS.flatMap((path): DetectedFace[] => {
      const at = path(frameOf.get(image)!);
      const box = at && { x: at.x - SIZE / 2, y: at.y - SIZE / 2, width: SIZE, height: SIZE };
      return box ? [{ box, keypoints: new Float32Array(12), score: 1 }] : [];
    });
    return Promise.resolve(faces);
  },
  landmarks(image, hint) {
    const frame = frameOf.get(image)!;
    const box = "box" in hint ? hint.box : undefined;
    let [x, y] = box ? [box.x + box.width / 2, box.y + box.height / 2] : [0, 0];
    if ("points" in hint) [x, y] = [hint.points[3 * 33]! + 0.3 * SIZE, hint.points[3 * 33 + 1]! + 0.2 * SIZE];
    const seen = PATHS.map((path) => path(frame)).find((at) => at && Math.hypot(at.x - x, at.y - y) < 15);
    return Promise.resolve(meshAt(seen ?? { x, y }, seen ? 0.9 : 0.1));
  },
};

const drawn: RgbaImage[] = [];
async function* pictures(first: number) {
  for (let frame = first; frame < FRAMES; frame++)
    yield await Promise.resolve((drawn[frame] ??= pictureAt(frame)));
}

const textOf = (piece: Blob) => piece.text();
/** Everything that a value holds, as text. */
const bytesOf = async (value: unknown) => textOf(await writePiece("", value));

test("following goes on from wherever it was kept, through gaps, second faces and cuts, as if it had not stopped", async () => {
  const states: Blob[] = [];
  const keepIn = (pieces: Blob[]) => ({
    everyFrames: 8,
    take: async (state: TrackingState) => void pieces.push(await writePiece("", state)),
  });
  const whole = await trackFaces(pictures(0), analyser, { keep: keepIn(states) });
  // The first face before the cut, the second one, and the first one in another light, taken for a third.
  expect(whole.faces).toHaveLength(3);
  expect(whole.cuts).toContain(45);
  expect(states.length).toBeGreaterThan(4);
  const kept: TrackingState[] = [];
  for (const [i, piece] of states.entries()) {
    kept.push((await readPiece(piece, "")) as TrackingState);
    const later: Blob[] = [];
    const rest = await trackFaces(pictures(kept.at(-1)!.frame - 1), analyser, {
      resume: kept,
      keep: keepIn(later),
    });
    expect(await bytesOf(rest)).toBe(await bytesOf(whole));
    expect(await Promise.all(later.map(textOf))).toEqual(await Promise.all(states.slice(i + 1).map(textOf)));
  }
});

test("the next frame is made while the network looks at one", async () => {
  const order: string[] = [];
  async function* made() {
    let frame = 0;
    for await (const picture of pictures(0)) {
      order.push(`frame ${frame++}`);
      yield picture;
      if (frame === 12) return;
    }
  }
  const asked: typeof analyser = {
    ...analyser,
    async landmarks(image, hint) {
      order.push(`mesh ${frameOf.get(image)}`);
      // Whoever made the next frame before would have done it by now.
      await new Promise((done) => setTimeout(done));
      order.push(`seen ${frameOf.get(image)}`);
      return analyser.landmarks(image, hint);
    },
  };
  await trackFaces(made(), asked);
  const followed = Array.from({ length: 10 }, (_, i) => i + 1);
  expect(order.slice(order.indexOf("mesh 1"))).toEqual([
    ...followed.flatMap((frame) => [`mesh ${frame}`, `frame ${frame + 1}`, `seen ${frame}`]),
    ...["mesh 11", "seen 11"],
  ]);
});
