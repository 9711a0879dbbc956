import { throwIfCancelled } from "../../job/errors.ts";
import type { RgbaImage } from "../../core/image.ts";
import type { VideoSource } from "../../media/demux/open-video.ts";
import type { Picture } from "../../media/planes/picture.ts";
import { resizeImage } from "../../media/image/resize-image.ts";
import type { RenderedVideo, VideoScene } from "../../worker-rpc/video-api.ts";
import type { Rig } from "../../render/face-rig/rig.ts";
import { createVideoFace, type VideoFace } from "../../render/video/video-face.ts";
import { createEasels } from "./easel.ts";
import { writeFilm, type FilmListeners } from "./film.ts";
import { mouthAt } from "../plan/mouth-at.ts";
import { framesAt, picturesInOrder } from "../plan/video-frames.ts";
import { checkUsable, untouched, withReel } from "../plan/video-reel.ts";

/** Share of change of each pixel, 0 to 255, from a mask of any size. */
export function sharesOf(mask: RgbaImage, width: number, height: number): Uint8Array {
  const { data } = resizeImage(mask, width, height);
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const light = 0.299 * data[i * 4]! + 0.587 * data[i * 4 + 1]! + 0.114 * data[i * 4 + 2]!;
    return Math.round((light * data[i * 4 + 3]!) / 255);
  });
}

/** Plans the faces and lends them their reference frames. */
async function prepareFaces(
  scene: VideoScene,
  video: VideoSource,
  rig: Rig,
  signal: AbortSignal,
): Promise<VideoFace[]> {
  const { tracks, width, height, fps, starts } = scene.video;
  const faces = tracks.faces.map((track) =>
    createVideoFace({ rig, tracks, track, size: { width, height }, fps, starts }),
  );
  checkUsable(faces.map((face) => face.strength));
  const wanted = faces.flatMap((face) => face.references);
  for await (const { place, image } of framesAt(video, wanted, { starts, width, height, signal })) {
    throwIfCancelled(signal);
    for (const face of faces) {
      const index = face.references.indexOf(place);
      if (index >= 0) face.setReference(index, image);
    }
  }
  return faces;
}

/**
 * Decodes a video a second time, gives its faces the new mouth frame by frame and encodes it with the new sound.
 * Holds one frame, the textures of references and lent frames (48 MiB a face at most) and, while playing backward, 64 MiB
 * of frames.
 * @throws EngineError as `VideoRenderApi.renderVideo`.
 */
export async function renderVideo(
  scene: VideoScene,
  rig: Rig,
  listeners: FilmListeners,
): Promise<RenderedVideo> {
  const { signal } = listeners;
  const { width, height, fps, starts } = scene.video;
  const shares = scene.mask ? sharesOf(scene.mask, width, height) : null;
  return withReel(scene, signal, async ({ video, timeline, film }) => {
    const faces = await prepareFaces(scene, video, rig, signal);
    const mouths = Array.from(timeline.starts, (start) =>
      mouthAt(scene.voice, scene.expressiveness, fps, start * fps),
    );
    for (const face of faces) face.plan(timeline.frames, mouths);
    const easelFor = createEasels({ width, height }, shares);
    async function* pictures(first: number): AsyncGenerator<Picture> {
      let frame = first;
      const places = timeline.frames.subarray(first);
      for await (const picture of picturesInOrder(video, places, { starts, width, height, signal })) {
        const { image, lend, finish } = easelFor(picture);
        for (const face of faces) face.render(timeline.frames[frame]!, mouths[frame]!, image, lend, frame);
        frame++;
        yield finish();
      }
    }
    return {
      ...(await writeFilm(film, pictures, listeners)),
      mouthWidthPx: Math.min(...faces.map((face) => face.mouthWidthPx)),
      warnings: [],
      facelessRanges: untouched(
        timeline,
        faces.map((face) => face.strength),
      ),
    };
  });
}
