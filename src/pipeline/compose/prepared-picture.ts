import type { FaceLandmarks } from "../../core/face.ts";
import type { PersonMatte } from "../../core/person-matte.ts";
import { preparePortrait, type Portrait } from "../../render/portrait/portrait.ts";
import type { Rig } from "../../render/face-rig/rig.ts";
import type { StillPicture } from "../../worker-rpc/scene.ts";
import { sizePicture, type SizedPicture } from "./sources/picture-source.ts";

/** A picture with its faces measured: all of a scene that needs no voice. */
export interface PreparedPicture {
  readonly kind: "picture";
  readonly sized: SizedPicture;
  /** Of the faces that are to move, in the order of the scene's speakers; frames are drawn in the first one's memory. */
  readonly portraits: readonly Portrait[];
}

/**
 * Measures the faces that move in a picture, once for all frames.
 * @param speaking and `bystanders`: in pixels of the scene's picture.
 * @throws EngineError `input/no-face`, `input/face-too-small`.
 */
export function preparePortraits(
  picture: SizedPicture,
  speaking: readonly FaceLandmarks[],
  bystanders: readonly FaceLandmarks[],
  matte: PersonMatte | null,
  rig: Rig,
): Portrait[] {
  const places = speaking.map((landmarks) => picture.place(landmarks));
  const others = bystanders.map((face) => picture.place(face));
  return places.map((landmarks, index) =>
    preparePortrait({
      image: picture.image,
      landmarks,
      others: [...places.filter((_, other) => other !== index), ...others],
      ...(picture.detail ? { detail: picture.detail } : {}),
      ...(matte ? { matte } : {}),
      rig,
    }),
  );
}

/**
 * Brings a picture to the output's size and measures its faces.
 * @param speaking in pixels of the picture.
 * @throws EngineError `input/no-face`, `input/face-too-small`.
 */
export function preparePicture(
  picture: StillPicture,
  speaking: readonly FaceLandmarks[],
  rig: Rig,
): PreparedPicture {
  const sized = sizePicture(picture);
  return {
    kind: "picture",
    sized,
    portraits: preparePortraits(sized, speaking, picture.bystanders, picture.matte, rig),
  };
}
