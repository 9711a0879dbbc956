import type { Plane } from "./frame-planes.ts";
import { createPlaneScaler, type PlaneScaler } from "./plane-scaler.ts";

/** The planes of a frame: Y, U, V. */
export type FramePlanes = [y: Plane, u: Plane, v: Plane];

/** Scales frames of any size to one; the result is valid until the next call. */
export type FrameScaler = (planes: FramePlanes) => FramePlanes;

/** A scaler of whole frames, which keeps their subsampling. @param size of luma in the result. */
export function createFrameScaler(size: { readonly width: number; readonly height: number }): FrameScaler {
  let scalers: PlaneScaler[] = [];
  let scaledFrom = "";
  return (planes) => {
    const from = planes.map((plane) => `${plane.width}x${plane.height}`).join();
    if (from !== scaledFrom) {
      scaledFrom = from;
      const [luma, chroma] = planes;
      const byX = chroma.width < luma.width ? 2 : 1;
      const byY = chroma.height < luma.height ? 2 : 1;
      scalers = planes.map((plane, i) =>
        i === 0
          ? createPlaneScaler(plane, size.width, size.height)
          : createPlaneScaler(plane, Math.ceil(size.width / byX), Math.ceil(size.height / byY)),
      );
    }
    return planes.map((plane, i) => scalers[i]!(plane)) as FramePlanes;
  };
}
