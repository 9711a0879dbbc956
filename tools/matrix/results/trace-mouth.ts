import type { FaceLandmarks } from "../../../src/core/face.ts";
import { createRuntime } from "../../../src/inference/runtime.ts";
import { openVideo } from "../../../src/media/demux/open-video.ts";
import { createFaceAnalyser, type FaceAnalyser } from "../../../src/vision/landmarks/face-analyser.ts";

/** Inner lips, upper and lower, at the middle and a quarter to either side; outer and inner corners of the eyes. */
const LIPS = [
  [13, 14],
  [82, 87],
  [312, 317],
] as const;
const EYES = [
  [33, 133],
  [263, 362],
] as const;
const LEAST_PRESENCE = 0.5;

/** Gap between the inner lips, in distances between the eyes. */
function gapOf({ points }: FaceLandmarks): number {
  const at = (vertex: number) => [points[3 * vertex]!, points[3 * vertex + 1]!] as const;
  const apart = (a: readonly [number, number], b: readonly [number, number]) =>
    Math.hypot(a[0] - b[0], a[1] - b[1]);
  const [left, right] = EYES.map(([outer, inner]) => {
    const [a, b] = [at(outer), at(inner)];
    return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] as const;
  }) as [readonly [number, number], readonly [number, number]];
  return LIPS.reduce((sum, [upper, lower]) => sum + apart(at(upper), at(lower)) / 3, 0) / apart(left, right);
}

let analyser: Promise<FaceAnalyser> | undefined;

/**
 * The mouth of a video by the product's own tracker, which saw nothing of how the video was made.
 * @param near where the face is in the first picture, in shares of it.
 * @returns gap between the lips of each frame, in distances between the eyes; null where no face is seen.
 */
export async function traceMouth(
  file: Blob,
  near: { readonly x: number; readonly y: number },
): Promise<(number | null)[]> {
  analyser ??= createRuntime({ backend: "wasm", threads: 1 }).then(createFaceAnalyser);
  const faces = await analyser;
  const video = await openVideo(file);
  const gaps: (number | null)[] = [];
  let before: FaceLandmarks | undefined;
  try {
    for await (const { image } of video.frames()) {
      const place = [near.x * image.width, near.y * image.height] as const;
      const far = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }) =>
        Math.hypot(x + width / 2 - place[0], y + height / 2 - place[1]);
      const from = before ?? (await faces.detect(image)).toSorted((a, b) => far(a.box) - far(b.box))[0];
      const mesh = from && (await faces.landmarks(image, from));
      before = mesh && mesh.presence >= LEAST_PRESENCE ? mesh : undefined;
      gaps.push(before ? gapOf(before) : null);
    }
  } finally {
    video.dispose();
  }
  return gaps;
}
