import type { RgbaImage } from "../../../src/core/image.ts";
import type { AnalysedMouth } from "../../../src/job/analysed-mouth.ts";
import { loadAsset } from "../../../src/inference/load-asset.ts";
import { openAudio } from "../../../src/media/audio/open-audio.ts";
import { openVideo } from "../../../src/media/demux/open-video.ts";
import { ownWords } from "../../../src/pipeline/plan/own-words.ts";
import { trackVideo } from "../../../src/pipeline/plan/video-tracking.ts";
import { loadRig } from "../../../src/render/face-rig/rig.ts";
import {
  createVideoFace,
  type VideoFace,
  type VideoFaceOptions,
} from "../../../src/render/video/video-face.ts";
import type { SpeechModel } from "../../../src/speech/model/speech-model.ts";
import type { FaceAnalyser } from "../../../src/vision/landmarks/face-analyser.ts";
import type { TrackedVideo } from "../../../src/worker-rpc/video-api.ts";
import type { Speaker } from "./clips.ts";

/** Frames nearer to the one that is drawn than this many seconds are no exemplars of it. */
const SHUT_OUT_SECONDS = 0.5;

/** A speaker followed through the video, heard, and ready to be drawn anew. */
export interface RealStage {
  readonly name: string;
  readonly tracked: TrackedVideo;
  readonly heard: AnalysedMouth;
  readonly images: readonly RgbaImage[];
  /**
   * Draws with references alone, as was done before; with the person's own frames; and with these told apart by what the
   * person says in them, too.
   */
  readonly faces: { readonly references: VideoFace; readonly own: VideoFace; readonly words: VideoFace };
}

/** Follows and hears a speaker; keeps the pictures of the video in memory. */
export async function createRealStage(
  { name, video: file }: Speaker,
  analyser: FaceAnalyser,
  speech: SpeechModel,
): Promise<RealStage> {
  const [rigBytes, geometryBytes] = await Promise.all([loadAsset("rig"), loadAsset("face-geometry")]);
  const rig = loadRig(rigBytes, geometryBytes);
  const request = { file, resolution: "480p", mask: null, maxSeconds: 600, framesFile: null } as const;
  const tracked = await trackVideo(request, analyser, new AbortController().signal, () => undefined);
  const { width, height, starts, tracks, fps } = tracked;
  const images: RgbaImage[] = [];
  const video = await openVideo(file);
  for await (const { image } of video.frames({ width, height })) images.push(image);
  video.dispose();
  const sound = await openAudio(file);
  const heard = await speech.mouthOf(await sound.mono16k());
  sound.dispose();
  const track = tracks.faces[0]!;
  const faceOf = (mayUse: VideoFaceOptions["mayUse"], saidAt: VideoFaceOptions["saidAt"] = null) => {
    const face = createVideoFace({
      rig,
      tracks,
      track,
      size: { width, height },
      fps,
      starts,
      mayUse,
      saidAt,
    });
    face.references.forEach((frame, index) => face.setReference(index, images[frame]!));
    return face;
  };
  const apart = (a: number, b: number) => Math.abs(starts[a]! - starts[b]!) > SHUT_OUT_SECONDS;
  const words = ownWords(track, heard, fps, starts);
  const faces = { references: faceOf(null), own: faceOf(apart), words: faceOf(apart, words) };
  return { name, tracked, heard, images, faces };
}
