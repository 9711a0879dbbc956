/** What a reader found in a file. */
export interface Reading {
  /** Code of the error, or its words. */
  readonly error?: string;
  /** Length of a sound. */
  readonly seconds?: number;
  /** When a sound's click comes, in seconds. */
  readonly click?: number;
  /** Frames of a video. */
  readonly frames?: number;
  /** From the first frame's start to the last one's, in seconds. */
  readonly span?: number;
  /** When the white frame begins, in seconds. */
  readonly flash?: number;
  /** Colours of the first frame's patches, 0 to 255. */
  readonly patches?: readonly (readonly number[])[];
  /** Frames a second of an output. */
  readonly outputRate?: number;
  readonly decoder?: string;
  /** Codes of the warnings. */
  readonly warnings?: readonly string[];
}
