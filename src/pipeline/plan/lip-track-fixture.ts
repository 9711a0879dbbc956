import { TRACKED_VERTICES, type FaceTrack } from "../../core/face-track.ts";

const IOD = 100;

/**
 * A person whose lips have these gaps in inter-ocular distances; a frame without one does not show the face.
 * @param widths of the mouth, likewise; .4 where absent.
 */
export function person(gaps: readonly (number | null)[], widths: readonly number[] = []): FaceTrack {
  const points = new Int16Array(gaps.length * TRACKED_VERTICES * 3);
  const presence = Float32Array.from(gaps, (gap) => (gap === null ? 0 : 1));
  gaps.forEach((gap, frame) => {
    const set = (vertex: number, x: number, y: number) =>
      points.set([x, y, 0], (frame * TRACKED_VERTICES + vertex) * 3);
    for (const vertex of [33, 133]) set(vertex, 0, 0);
    for (const vertex of [263, 362]) set(vertex, IOD, 0);
    const width = (widths[frame] ?? 0.4) * IOD;
    set(61, 50 - width / 2, 82);
    set(291, 50 + width / 2, 82);
    for (const [upper, lower] of [
      [13, 14],
      [82, 87],
      [312, 317],
    ] as const) {
      set(upper, 50, 80);
      set(lower, 50, 80 + (gap ?? 0) * IOD);
    }
  });
  return { points, presence } as unknown as FaceTrack;
}
