import { createImage, type RgbaImage } from "../../core/image.ts";
import type { Plane } from "./frame-planes.ts";
import type { FramePlanes } from "./frame-scaler.ts";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Aspects that differ by less are the same: sides are rounded to whole pixels. */
export const SAME_ASPECT = 0.01;

/**
 * The size within `room` at which a frame keeps its aspect.
 * @param stretch how much wider, compared with its height, the frame is than those that fill the room.
 */
export function fittedSize(room: Size, stretch: number): Size {
  if (Math.abs(stretch - 1) < SAME_ASPECT) return room;
  const even = (value: number) => Math.max(2, Math.round(value / 2) * 2);
  return stretch > 1
    ? { width: room.width, height: Math.min(room.height, even(room.height / stretch)) }
    : { width: Math.min(room.width, even(room.width * stretch)), height: room.height };
}

/** A plane in the middle of a larger one. */
function centred(plane: Plane, room: Size, value: number): Plane {
  const data = new Uint8Array(room.width * room.height).fill(value);
  const [left, top] = [(room.width - plane.width) >> 1, (room.height - plane.height) >> 1];
  for (let y = 0; y < plane.height; y++) {
    data.set(plane.data.subarray(y * plane.width, (y + 1) * plane.width), (top + y) * room.width + left);
  }
  return { ...room, data };
}

/** Puts planes between black bars. @param room of luma. */
export function letterboxPlanes([y, u, v]: FramePlanes, room: Size, fullRange: boolean): FramePlanes {
  if (y.width === room.width && y.height === room.height) return [y, u, v];
  const chroma = {
    width: u.width < y.width ? Math.ceil(room.width / 2) : room.width,
    height: u.height < y.height ? Math.ceil(room.height / 2) : room.height,
  };
  return [centred(y, room, fullRange ? 0 : 16), centred(u, chroma, 128), centred(v, chroma, 128)];
}

/** Puts a picture between black bars. */
export function letterboxImage(image: RgbaImage, room: Size): RgbaImage {
  if (image.width === room.width && image.height === room.height) return image;
  const whole = createImage(room.width, room.height);
  const [left, top] = [(room.width - image.width) >> 1, (room.height - image.height) >> 1];
  const [from, to] = [image, whole].map(({ data }) => new Uint32Array(data.buffer, data.byteOffset)) as [
    Uint32Array,
    Uint32Array,
  ];
  to.fill(0xff000000);
  for (let y = 0; y < image.height; y++) {
    to.set(from.subarray(y * image.width, (y + 1) * image.width), (top + y) * room.width + left);
  }
  return whole;
}
