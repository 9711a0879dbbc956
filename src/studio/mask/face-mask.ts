import type { FaceOutline, PicturePoint } from "../../engine/lip-sync.ts";
import type { PictureInput } from "../state/studio-state.ts";

/** Longest side of a mask in pixels; the engine scales it to the frame. */
export const MASK_SIDE = 1024;

/** Ready-made masks around a face, for people who do not draw. */
export type MaskShape = "mouth" | "lower" | "face";

/** A mask's size in pixels for a picture: its shape, at most {@link MASK_SIDE} long. */
export function maskSize(picture: { width: number; height: number }): { width: number; height: number } {
  const scale = Math.min(1, MASK_SIDE / Math.max(picture.width, picture.height, 1));
  return {
    width: Math.max(1, Math.round(picture.width * scale)),
    height: Math.max(1, Math.round(picture.height * scale)),
  };
}

function grown(points: readonly PicturePoint[], factor: number): readonly PicturePoint[] {
  const middle = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis]!, 0) / points.length);
  const [x = 0, y = 0] = middle;
  return points.map(([px, py]) => [x + (px - x) * factor, y + (py - y) * factor]);
}

function lowerHalf(face: FaceOutline): readonly PicturePoint[] {
  const ys = face.oval.map(([, y]) => y);
  const top = Math.min(...ys);
  const line = top + (Math.max(...ys) - top) * 0.48;
  return grown(face.oval, 1.06).map(([x, y]) => [x, Math.max(y, line)]);
}

/** Adds a shape around a face to a mask: filled with the context's fill style. */
export function drawShape(
  context: OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D,
  face: FaceOutline,
  shape: MaskShape,
): void {
  const { width, height } = context.canvas;
  const points =
    shape === "mouth" ? grown(face.lips, 1.7) : shape === "lower" ? lowerHalf(face) : grown(face.oval, 1.12);
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x * width, y * height);
  context.closePath();
  context.fill();
}

const middleOf = ({ box }: FaceOutline) => [box.x + box.width / 2, box.y + box.height / 2] as const;

/** Fills the part of the picture that is nearer to a face than to any other. */
function fillNearest(
  context: OffscreenCanvasRenderingContext2D,
  face: FaceOutline,
  faces: readonly FaceOutline[],
): void {
  const { width, height } = context.canvas;
  const far = 2 * (width + height);
  const [x, y] = middleOf(face);
  for (const other of faces) {
    if (other === face) continue;
    const [ox, oy] = middleOf(other);
    // A square that reaches from the line half-way between the two far to this face's side.
    context.save();
    context.translate(((x + ox) / 2) * width, ((y + oy) / 2) * height);
    context.rotate(Math.atan2((y - oy) * height, (x - ox) * width));
    context.beginPath();
    context.rect(0, -far, far, 2 * far);
    context.restore();
    context.clip();
  }
  context.fillRect(0, 0, width, height);
}

/**
 * The mask that says which face speaks: in a picture where another than the largest was chosen, and in a video with
 * several where one was. A video's mask is all that lies nearer to its face than to any other, for faces move.
 * @returns a PNG, or null where the engine's own choice is the user's.
 */
export async function chosenFaceMask(picture: PictureInput): Promise<Blob | null> {
  const { faces, chosen, kind } = picture;
  const face = faces?.[chosen];
  if (!face || (kind === "video" ? faces.length < 2 : chosen === 0)) return null;
  const { width, height } = maskSize(picture);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#000";
  context.fillRect(0, 0, width, height);
  context.fillStyle = "#fff";
  if (kind === "video") fillNearest(context, face, faces);
  else drawShape(context, face, "face");
  return canvas.convertToBlob({ type: "image/png" });
}
