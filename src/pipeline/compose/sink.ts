import type { Picture } from "../../media/planes/picture.ts";

/** Where composed frames go: a video file or, live, a canvas. */
export interface Sink<Added = void> {
  /** Takes the next frame, which may be drawn upon anew as soon as this resolves. */
  add(picture: Picture): Promise<Added>;
}
