import type { RgbaImage } from "../../core/image.ts";
import { yuvToRgba, type Plane } from "./frame-planes.ts";
import { yuvMatrixOf, type PlaneColour } from "./plane-colour.ts";

/** An 8-bit 4:2:0 picture as decoders give it and encoders take it. */
export interface PlanarPicture {
  /** In pixels, both even. */
  readonly width: number;
  readonly height: number;
  /** Y, then U, then V (I420), rows without padding: {@link i420Bytes}. */
  readonly data: Uint8Array<ArrayBuffer>;
  readonly colour: PlaneColour;
}

/** A frame on its way from a decoder to an encoder. */
export type Picture = RgbaImage | PlanarPicture;

/** Whether a picture has planes. */
export function isPlanar(picture: Picture): picture is PlanarPicture {
  return "colour" in picture;
}

/** Bytes of an I420 picture whose sides are even. */
export function i420Bytes(width: number, height: number): number {
  return (width * height * 3) / 2;
}

/** Views of a picture's planes. */
export function planesOf({
  width,
  height,
  data,
}: Omit<PlanarPicture, "colour">): [y: Plane, u: Plane, v: Plane] {
  const luma = width * height;
  const half = { width: width / 2, height: height / 2 };
  return [
    { width, height, data: data.subarray(0, luma) },
    { ...half, data: data.subarray(luma, luma * 1.25) },
    { ...half, data: data.subarray(luma * 1.25, luma * 1.5) },
  ];
}

/** Puts three planes with half as many samples of chroma each way together; both sides even. */
export function joinPlanes(planes: readonly [Plane, Plane, Plane], colour: PlaneColour): PlanarPicture {
  const [{ width, height }] = planes;
  const data = new Uint8Array(i420Bytes(width, height));
  let at = 0;
  for (const plane of planes) {
    data.set(plane.data, at);
    at += plane.data.length;
  }
  return { width, height, data, colour };
}

/**
 * A picture's pixels; the picture itself where it has them already.
 * @param into takes them where it is as large as the picture: new memory costs more than the conversion.
 */
export function rgbaOf(picture: Picture, into?: RgbaImage): RgbaImage {
  if (!isPlanar(picture)) return picture;
  const { colour } = picture;
  const frame = { planes: planesOf(picture), matrix: yuvMatrixOf(colour), fullRange: colour.fullRange };
  return yuvToRgba(frame, into);
}
