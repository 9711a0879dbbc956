import type { RgbaImage } from "../core/image.ts";
import type { Finding } from "../job/findings.ts";
import type { Warning } from "../job/warnings.ts";

/** A lip-sync model that the user brought. */
export interface LipModelData {
  /** The .onnx file. */
  readonly file: Blob;
  /** Its manifest; null lets the engine propose one from the file's graph. */
  readonly manifest: unknown;
  /** Whether the user accepted the licence that the manifest shows. */
  readonly licenceAccepted: boolean;
}

/** A model that is open in the inference worker. */
export interface OpenLipModel {
  /** The manifest in use, checked by `parseManifest`. */
  readonly manifest: unknown;
  /** Frames that are best generated at a time. */
  readonly batch: number;
  /** For the job's warnings. */
  readonly warnings: readonly Warning[];
}

/**
 * What the engine found out about a model file.
 * @typeParam Found a finding; the JavaScript API adds its English sentence to it, as to the warnings.
 */
export interface LipModelInspection<Found = Finding, Told = Warning> {
  /** Null when the file cannot be used. */
  readonly manifest: object | null;
  readonly understood: readonly Found[];
  readonly problems: readonly Found[];
  /** SHA-256 of the file in hexadecimal. */
  readonly sha256: string;
  /** Absent when the file cannot be used. */
  readonly selfTest?: {
    readonly passed: boolean;
    readonly checks: readonly { readonly name: string; readonly passed: boolean; readonly detail: Found }[];
    readonly hints: readonly Found[];
    readonly msPerFrame: number;
  };
  /** Why it runs on the processor although the graphics device was to be used, or that it could not be compared. */
  readonly warnings: readonly Told[];
}

/** One face to generate. */
export interface FaceInput {
  /** The square picture that was cut out of the frame. */
  readonly face: RgbaImage;
  /** The reference picture; null when it is the face itself. */
  readonly reference: RgbaImage | null;
  /** Number of the voice, as `analyseWithModel` was called. */
  readonly voice: number;
  /** First mel column of the frame's window. */
  readonly column: number;
}

/** Paints faces; called by the rendering worker, answered by the inference worker. */
export type InferFaces = (orders: readonly FaceInput[]) => Promise<RgbaImage[]>;

/** What the rendering worker needs to know of an open model. */
export interface LipModelScene {
  readonly manifest: unknown;
  readonly batch: number;
  /** Mel columns of each voice. */
  readonly columns: readonly number[];
}

/** The part of the inference worker that runs models which users bring. */
export interface LipModelApi {
  /** Reads the graph, proposes a manifest unless one is given, and tries the model. */
  inspectModel(file: Blob, manifest: unknown): Promise<LipModelInspection>;
  /**
   * Opens a model for the next job; the same one stays open between jobs.
   * @throws EngineError `model/unsupported`, `model/licence`, `model/integrity`, `device/memory`.
   */
  openModel(model: LipModelData): Promise<OpenLipModel>;
  /** What is to be told at the end of a job about where the open model ran. */
  lipModelNotes(): Promise<readonly Warning[]>;
  /** Computes the model's features of every voice (mono, 16 kHz); the number of columns of each. */
  analyseWithModel(voices: readonly Float32Array[]): Promise<number[]>;
  /** Paints faces with the open model. */
  inferFaces(orders: readonly FaceInput[]): Promise<RgbaImage[]>;
}
