import { expect, test } from "vitest";
import { TRACKED_VERTICES } from "../../src/core/face-track.ts";
import { REST_POSE } from "../../src/core/mouth.ts";
import { INNER_LOWER, INNER_UPPER } from "../../src/render/face-rig/topology.ts";
import { createFaceMotion, project } from "../../src/render/video/video-motion.ts";
import { createVideoFace } from "../../src/render/video/video-face.ts";
import { createVideoMesh } from "../../src/render/video/video-mesh.ts";
import { ownRig, STEP, trackOf, tracksOf } from "./synthetic-track.ts";

const SIZE = { width: 640, height: 480 };
const picture = () => ({ ...SIZE, data: new Uint8ClampedArray(SIZE.width * SIZE.height * 4).fill(120) });

const lips = new Set([...INNER_UPPER, ...INNER_LOWER]);

/** Twice the area of a triangle in the picture; its sign says which side is seen. */
const areaOf = (points: Float64Array, [a, b, c]: readonly number[]) =>
  (points[b! * 2]! - points[a! * 2]!) * (points[c! * 2 + 1]! - points[a! * 2 + 1]!) -
  (points[b! * 2 + 1]! - points[a! * 2 + 1]!) * (points[c! * 2]! - points[a! * 2]!);

test.for([0, 18])("a chin that rises does not pass over the skin beside it, at %i° of yaw", (yawDeg) => {
  const rig = ownRig();
  const heads = Array.from({ length: 16 }, (_, i) => ({
    x: 320,
    y: 200,
    scale: 12,
    yawDeg,
    jaw: i < 10 ? 0.9 : 0,
  }));
  const track = trackOf(rig, 0, STEP, heads);
  const tracks = tracksOf([track], STEP);
  const starts = heads.map((_, i) => i / 25);
  const face = createVideoFace({ rig, tracks, track, size: SIZE, fps: 25, starts });
  face.references.forEach((_, i) => face.setReference(i, picture()));
  const target = face.place(5, REST_POSE);
  const { local, head } = createFaceMotion(rig, tracks, track, SIZE, 25).at(5);
  const source = new Float64Array(TRACKED_VERTICES * 2);
  project(local, head, source);
  const { textured } = createVideoMesh(rig);
  const triangles = Array.from({ length: textured.length / 3 }, (_, t) =>
    textured.subarray(3 * t, 3 * t + 3),
  );
  const turnedOver = triangles
    .map((triangle) => [...triangle])
    // Triangles between the lips have no area while the mouth is shut.
    .filter((triangle) => !triangle.some((v) => lips.has(v)))
    .filter((triangle) => areaOf(source, triangle) * areaOf(target, triangle) < -0.5);
  // The chin has risen.
  expect(source[152 * 2 + 1]! - target[152 * 2 + 1]!).toBeGreaterThan(12);
  expect(turnedOver).toEqual([]);
});
