import { EngineError } from "../../job/errors.ts";
import type { Rig } from "../../render/face-rig/rig.ts";
import type { RenderApi } from "../../worker-rpc/render-api.ts";
import type { Scene, SentScene } from "../../worker-rpc/scene.ts";
import { preparePicture, type PreparedPicture } from "./prepared-picture.ts";
import { prepareVideo, type PreparedVideo } from "./prepared-video.ts";

/** What was measured before its scene came. */
type Prepared = PreparedPicture | PreparedVideo;

/** Keeps what is prepared for a scene, one at a time, until it comes. */
export interface PreparedScenes extends Pick<RenderApi, "preparePicture" | "prepareVideo"> {
  /**
   * A scene with what was prepared for it; null where nothing was, or a picture could not be: drawing then says why.
   * @throws EngineError what preparing a video threw; `internal/bug` where the scene's video was not prepared here.
   */
  take(scene: SentScene): Promise<{ readonly scene: Scene; readonly prepared: Prepared | null }>;
}

/** @param rigOf the rig, loaded when it is first needed. */
export function createPreparedScenes(rigOf: () => Promise<Rig>): PreparedScenes {
  let kept: { readonly number: number; readonly made: Promise<Prepared> } | null = null;

  const drop = () => {
    const dropped = kept;
    kept = null;
    dropped?.made.then(
      (prepared) => prepared.kind === "video" && prepared.source.dispose(),
      () => undefined,
    );
  };
  const keep = async (
    number: number,
    wanted: AbortSignal,
    make: (rig: Rig) => Prepared | Promise<Prepared>,
  ) => {
    drop();
    const made = rigOf().then(make);
    kept = { number, made };
    wanted.addEventListener("abort", () => {
      if (kept?.number === number) drop();
    });
    await made;
  };
  const taken = (number: number | null) => {
    if (number === null || kept?.number !== number) return null;
    const { made } = kept;
    kept = null;
    return made;
  };

  return {
    preparePicture: (number, picture, speaking, wanted) =>
      keep(number, wanted, (rig) => preparePicture(picture, speaking, rig)),
    prepareVideo: (number, video, durationSeconds, signal) =>
      keep(number, signal, (rig) => prepareVideo(video, durationSeconds, rig, signal)),
    async take({ source, ...scene }) {
      if (source.kind === "video") return { scene: { ...scene, source }, prepared: null };
      if (source.kind === "picture") {
        const made = taken(source.prepared)?.catch(() => null) ?? null;
        return { scene: { ...scene, source }, prepared: await made };
      }
      const { number, voice, spoken } = source;
      const prepared = await taken(number);
      if (prepared?.kind !== "video") {
        throw new EngineError("internal/bug", "A prepared video was lost. Please report this.");
      }
      return { scene: { ...scene, source: { ...prepared.looked, kind: "video", voice, spoken } }, prepared };
    },
  };
}
