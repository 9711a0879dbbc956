import type { DetectedFace, FaceLandmarks, HeadPose } from "../core/face.ts";
import type { PersonMatte } from "../core/person-matte.ts";
import type { RgbaImage } from "../core/image.ts";
import type { Backend } from "../job/job.ts";
import type { Warning } from "../job/warnings.ts";
import type { AnalysedMouth } from "../job/analysed-mouth.ts";
import type { LipModelApi } from "./lip-model-api.ts";

/** Where the networks run, and why; shown to the user. */
export interface BackendReport {
  readonly backend: Backend;
  /** The GPU's name, or the processor with its number of wasm threads. */
  readonly adapter: string;
  readonly threads: number;
  /** Says of every network of ours that runs on the processor instead, why it does. */
  readonly warnings: readonly Warning[];
}

/** One face of a picture. */
export interface FaceData {
  readonly detection: DetectedFace;
  readonly landmarks: FaceLandmarks;
  readonly pose: HeadPose;
}

/** Receives a fraction from 0 to 1. */
export type FractionListener = (fraction: number) => void;

/** How much has been loaded of what is needed, in bytes as they are before any compression on the way. */
export interface LoadProgress {
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

/** Receives {@link LoadProgress}; `loadedBytes` never falls. */
export type LoadListener = (progress: LoadProgress) => void;

/** The worker in which everything neural runs. */
export interface InferenceApi extends LipModelApi {
  /** The backend that the engine chooses on this machine when none is asked for. */
  choose(): Promise<Backend>;
  /**
   * Starts the runtime once; each backend has a worker of its own, so later calls only get the report.
   * @param onLoad is told of what is still loaded; all of it at once when everything is there.
   */
  init(backend: Backend | undefined, onLoad?: LoadListener): Promise<BackendReport>;
  /** All faces of a picture, largest first, in its pixels. */
  analyse(image: RgbaImage): Promise<FaceData[]>;
  /** Where a picture shows people. @throws EngineError `model/…`. */
  readMatte(image: RgbaImage): Promise<PersonMatte>;
  /** Mouth motion of mono 16 kHz speech; the samples are transferred. */
  mouthOf(pcm: Float32Array, signal: AbortSignal, onProgress: FractionListener): Promise<AnalysedMouth>;
}
