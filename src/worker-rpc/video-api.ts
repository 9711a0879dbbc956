import type { CachedFrames } from "../core/cached-frames.ts";
import type { FaceTracks, TrackSummary } from "../core/face-track.ts";
import type { Resolution, RgbaImage } from "../core/image.ts";
import type { Warning } from "../job/warnings.ts";
import type { FractionListener } from "./inference-api.ts";

/** How a video is looked through for faces. */
export interface VideoTrackRequest {
  readonly file: Blob;
  readonly resolution: Resolution;
  /** White may change; also names the faces to animate. Any size. */
  readonly mask: RgbaImage | null;
  /** Frames after this instant are not needed. */
  readonly maxSeconds: number;
  /** Name of the temporary file for frames that are kept for drawing beyond those in memory; null keeps none at all. */
  readonly framesFile: string | null;
}

/** Finished parts of an unfinished looking through. */
export interface KeptTracking {
  /** Of everything that it depends on. */
  readonly fingerprint: string;
  /** Those of an earlier run, in order. */
  readonly pieces: readonly Blob[];
  /** What was found is kept about so often, in seconds of the video. */
  readonly everySeconds: number;
}

/** Gets each further finished part with its place. */
export type SavePiece = (index: number, piece: Blob) => void;

/** What is known of a video after it was looked through once. */
export interface TrackedVideo {
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** Size of the output in pixels, both even. */
  readonly width: number;
  readonly height: number;
  readonly enlargementRefused: boolean;
  /** Frames a second of the output. */
  readonly fps: number;
  /** Frames a second of the source, pauses not counted. */
  readonly sourceFps: number;
  /** `[frames]` start of each frame in seconds from the file's time 0, rising: the one list that all readings go by. */
  readonly starts: Float64Array<ArrayBuffer>;
  /** When the last of these frames ends, in seconds of the file. */
  readonly endSeconds: number;
  /** Bits a second of the source's pictures. */
  readonly bitrate: number;
  /** What gave the frames, and gives them again. */
  readonly decoder: "webcodecs" | "ffmpeg";
  /** The faces to animate, followed through the frames. */
  readonly tracks: FaceTracks;
  readonly animated: readonly TrackSummary[];
  readonly others: readonly TrackSummary[];
  readonly warnings: readonly Warning[];
}

/** What looking through a video gives. */
export interface FollowedVideo extends TrackedVideo {
  /** At the output's size; null where none could be kept. Whoever named the file removes it. */
  readonly frames: CachedFrames | null;
}

/** The parts of a tracked video that can be handed over instead of copied. */
export function buffersOf({ starts, tracks }: TrackedVideo, frames: CachedFrames | null): ArrayBuffer[] {
  return [
    starts.buffer,
    ...(frames?.memory ?? []),
    ...tracks.faces.flatMap((face) => [
      face.points.buffer,
      face.presence.buffer,
      face.sharpness.buffer,
      face.steps.buffer,
      face.chinSteps.buffer,
      face.teeth.buffer,
      face.look.buffer,
    ]),
  ];
}

/** What goes into a network or comes out of it. */
interface NetworkTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** Runs the networks that faces are found with. */
export interface FaceNetworksApi {
  run(
    network: "face-detector-short" | "face-detector-full" | "face-mesh-attention",
    feeds: Readonly<Record<string, NetworkTensor>>,
  ): Promise<Record<string, NetworkTensor>>;
}

/** The part of the inference worker that runs networks for another worker. */
export interface FaceServingApi {
  /** Serves a {@link FaceNetworksApi} on a port; resolves when its other end is closed. */
  serveFaces(port: MessagePort): Promise<void>;
}

/** The part of the media worker that looks through videos. */
export interface VideoTrackingApi {
  /**
   * Decodes a video once, finds and follows its faces and chooses those to animate. The next frame is decoded while a
   * face is looked for in one.
   * @param faces leads to a {@link FaceNetworksApi}. @param kept and `keep` null when nobody keeps parts.
   * @throws EngineError `input/video…`, `input/encrypted`, `codec/missing`, `input/no-face`, `input/face-too-small`.
   */
  trackVideo(
    request: VideoTrackRequest,
    faces: MessagePort,
    signal: AbortSignal,
    onProgress: FractionListener,
    kept: KeptTracking | null,
    keep: SavePiece | null,
  ): Promise<FollowedVideo>;
}
