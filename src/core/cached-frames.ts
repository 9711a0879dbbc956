import type { PlaneColour } from "./plane-colour.ts";

/** Frames of a video that lie decoded and scaled in memory and on the disk, one after the other: plain data. */
export interface CachedFrames {
  /** The first ones, one each; they change hands. */
  readonly memory: readonly ArrayBuffer[];
  /** Of the temporary file in which the others lie. */
  readonly name: string;
  /** Places `[first, end)` among the video's frames. */
  readonly first: number;
  readonly end: number;
  /** Size of each in pixels. */
  readonly width: number;
  readonly height: number;
  /** Whether they are planes (I420) of the video's colour space, else RGBA pixels. */
  readonly planar: boolean;
  /** The video's. */
  readonly colour: PlaneColour | null;
}
