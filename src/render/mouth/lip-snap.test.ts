import { expect, test } from "vitest";
import { paintFace, readRig } from "../../../tests/fixtures/painted-face.ts";
import { fitFace } from "../face-rig/fitted-face.ts";
import { INNER_LOWER, INNER_UPPER } from "../face-rig/topology.ts";

test("the edge of parted lips is found where they end, although their inner half lies in the shade", () => {
  const { image, landmarks, iod } = paintFace(480, 0.1);
  const { points } = landmarks;
  const column = (x: number, ring: readonly number[]) => {
    const i = Math.max(
      1,
      ring.findIndex((v) => points[v * 3]! >= x),
    );
    const [a, b] = [ring[i - 1]! * 3, ring[i]! * 3];
    return (
      points[a + 1]! + ((points[b + 1]! - points[a + 1]!) * (x - points[a]!)) / (points[b]! - points[a]!)
    );
  };
  // Down to half of the light on the lips' pixels next to the opening.
  const shade = 0.06 * iod;
  for (let x = Math.ceil(points[78 * 3]!); x < points[308 * 3]!; x++) {
    const [top, bottom] = [column(x, INNER_UPPER), column(x, INNER_LOWER)];
    for (const [from, to] of [
      [top - shade, top],
      [bottom, bottom + shade],
    ] as const) {
      for (let y = Math.ceil(from); y < to; y++) {
        const i = (y * image.width + x) * 4;
        for (let k = 0; k < 3; k++)
          image.data[i + k] =
            image.data[i + k]! * (0.5 + (0.5 * Math.min(Math.abs(y - top), Math.abs(y - bottom))) / shade);
      }
    }
  }
  const face = fitFace(readRig(), image, landmarks);
  for (const v of [82, 13, 312, 87, 14, 317]) {
    // A pixel and a half of this face: 0.012 eye distances, and 0.009 that the edge is moved into the lip on purpose.
    expect(Math.abs(face.points[v * 3 + 1]! - (points[v * 3 + 1]! - 0.5)) / iod).toBeLessThan(0.022);
  }
});
