import { TRACKED_VERTICES, type FaceTrack } from "../../core/face-track.ts";

/** Pairs of the inner lips over the middle of the mouth. */
const PAIRS = [
  [13, 14],
  [82, 87],
  [312, 317],
] as const;

/** Distance of two vertices in a frame, in inter-ocular distances. */
function apart(track: FaceTrack, frame: number) {
  const row = frame * TRACKED_VERTICES * 3;
  const at = (vertex: number, axis: number) => track.points[row + vertex * 3 + axis]!;
  const eye = (k: number) => (at(33, k) + at(133, k) - at(263, k) - at(362, k)) / 2;
  const iod = Math.max(1e-6, Math.hypot(eye(0), eye(1), eye(2)));
  return (a: number, b: number) => Math.hypot(...[0, 1, 2].map((k) => at(a, k) - at(b, k))) / iod;
}

/** `[frames]` gap between a person's lips in inter-ocular distances; null where the face is not seen. */
export function lipGaps(track: FaceTrack): (number | null)[] {
  return Array.from(track.presence, (presence, frame) => {
    if (presence === 0) return null;
    const between = apart(track, frame);
    return PAIRS.reduce((sum, [a, b]) => sum + between(a, b), 0) / PAIRS.length;
  });
}

/** `[frames]` distance between the corners of a person's mouth, likewise. */
export function lipWidths(track: FaceTrack): (number | null)[] {
  return Array.from(track.presence, (presence, frame) =>
    presence === 0 ? null : apart(track, frame)(61, 291),
  );
}
