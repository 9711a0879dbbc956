import { expect, test } from "vitest";
import { INNER_LOWER, INNER_UPPER, OUTER_LOWER, OUTER_UPPER } from "../../src/render/face-rig/topology.ts";
import { createVideoMesh } from "../../src/render/video/video-mesh.ts";
import { ownRig } from "./synthetic-track.ts";

test("the lips of a turned head follow the new mouth whole, the cheek at its silhouette does not", () => {
  const rig = ownRig();
  const mesh = createVideoMesh(rig);
  const turn = (35 * Math.PI) / 180;
  const points = new Float64Array(468 * 2);
  for (let v = 0; v < 468; v++) {
    points[v * 2] = 15 * (Math.cos(turn) * rig.vertices[v * 3]! + Math.sin(turn) * rig.vertices[v * 3 + 2]!);
    points[v * 2 + 1] = 15 * rig.vertices[v * 3 + 1]!;
  }
  const share = new Float64Array(468);
  mesh.insideShare(points, 15 * 6.3, share);
  for (const lip of [...INNER_UPPER, ...INNER_LOWER, ...OUTER_UPPER, ...OUTER_LOWER]) {
    expect(share[lip]).toBe(1);
  }
  // 214 and 434: the cheeks beside the mouth; one of them lies at the silhouette of the turned head.
  expect(Math.min(share[214]!, share[434]!)).toBeLessThan(0.5);
});
