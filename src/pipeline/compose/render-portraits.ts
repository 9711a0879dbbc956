import { EngineError } from "../../job/errors.ts";
import type { FaceLandmarks } from "../../core/face.ts";
import { createImage, type RgbaImage } from "../../core/image.ts";
import type { PortraitScene, RenderedMovie } from "../../worker-rpc/render-api.ts";
import { createLife } from "../../render/idle-motion/life.ts";
import { preparePortrait } from "../../render/portrait/portrait.ts";
import type { Rig } from "../../render/face-rig/rig.ts";
import { writeFilm, type FilmListeners } from "./film.ts";
import { mouthAt } from "../plan/mouth-at.ts";
import { placeTrack } from "../plan/place-track.ts";
import { openSound } from "./sound.ts";
import { prepareStill } from "./still.ts";

const NOSE_TIP = 1;

/** On which side of one face another one is: −1 left, 1 right. */
function sideOf(places: readonly FaceLandmarks[], face: number, other: number): number {
  return Math.sign(places[other]!.points[NOSE_TIP * 3]! - places[face]!.points[NOSE_TIP * 3]!);
}

/**
 * Draws and encodes a talking picture, frame by frame; holds one frame at a time.
 * @throws EngineError `codec/missing`, `codec/failed`, `job/cancelled`, `device/memory`, `input/audio…`.
 */
export async function renderPortraits(
  scene: PortraitScene,
  rig: Rig,
  listeners: FilmListeners,
): Promise<RenderedMovie> {
  const { width, height, fps, style, durationSeconds } = scene;
  if (scene.speakers.length === 0) throw new EngineError("input/no-face", "There is no face to animate.");
  const still = prepareStill(scene);
  const places = scene.speakers.map((speaker) => still.place(speaker.landmarks));
  const bystanders = scene.bystanders.map((face) => still.place(face));
  const tracks = scene.speakers.map((speaker) =>
    placeTrack(speaker.track, speaker.startSeconds, durationSeconds),
  );
  const actors = tracks.map((track, index) => {
    const portrait = preparePortrait({
      image: still.image,
      landmarks: places[index]!,
      others: [...places.filter((_, other) => other !== index), ...bystanders],
      ...(still.detail ? { detail: still.detail } : {}),
      ...(scene.mask ? { mask: scene.mask } : {}),
      rig,
    });
    const headMotion = scene.mask ? 0 : style.headMotion;
    const other = tracks.findIndex((_, at) => at !== index);
    const partner = other < 0 ? undefined : { track: tracks[other]!, side: sideOf(places, index, other) };
    const life = createLife(
      track,
      durationSeconds,
      scene.seed + index * 7919,
      { ...style, headMotion },
      partner,
    );
    return { track, portrait, life };
  });
  const frames = Math.max(1, Math.round(durationSeconds * fps));

  async function* images(first: number): AsyncGenerator<RgbaImage> {
    const out = createImage(width, height);
    for (let frame = first; frame < frames; frame++) {
      out.data.set(still.image.data);
      for (const { track, portrait, life } of actors) {
        const mouth = mouthAt(track, style.expressiveness, fps, frame);
        portrait.render({ mouth, ...life.at(frame / fps) }, out);
      }
      yield out;
    }
  }

  const sound = await openSound(scene, listeners.signal);
  try {
    const { format, encoder, hashFrames, aiMark, segments } = scene;
    const film = await writeFilm(
      { width, height, fps, frames, sound, durationSeconds, format, encoder, hashFrames, aiMark, segments },
      images,
      listeners,
    );
    return {
      ...film,
      mouthWidthPx: Math.min(...actors.map(({ portrait }) => portrait.mouthWidthPx)),
      warnings: [...new Set(actors.flatMap(({ portrait }) => portrait.warnings))],
    };
  } finally {
    sound.dispose();
  }
}
