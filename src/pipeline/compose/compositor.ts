import type { MaskAlpha } from "../../core/mask-alpha.ts";
import type { Picture } from "../../media/planes/picture.ts";
import type { Animator, ComposedFrame, FrameRange } from "./animator.ts";
import type { FrameSource } from "./frame-source.ts";
import { createSurfaces } from "./surface.ts";

/**
 * The finished frames of an output from `range.first` on: the source's frames with what the animator draws, as far as
 * the mask lets them change. A frame is valid until the next one is asked for.
 * @param mask of the frames' size, or null.
 * @throws EngineError what the source and the animator throw.
 */
export async function* composeFrames(
  source: FrameSource,
  animator: Animator,
  mask: MaskAlpha | null,
  range: FrameRange,
): AsyncGenerator<Picture> {
  const surfaceOf = createSurfaces(source, mask);
  async function* surfaces(): AsyncGenerator<ComposedFrame> {
    let index = range.first;
    for await (const picture of source.pictures(range.first)) {
      yield { index: index++, surface: surfaceOf(picture) };
    }
  }
  for await (const { surface } of animator.animate(surfaces(), { ...range, surfaceOf })) {
    const picture = surface.commit();
    yield picture;
    source.release(picture);
  }
}
