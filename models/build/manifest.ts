import { createHash } from "node:crypto";

/** What a converted file is made of and must be; one JSON file each in `models/face/`. */
export interface Manifest {
  readonly name: string;
  /** What it does, in a sentence. */
  readonly about: string;
  readonly source: {
    readonly package: string;
    readonly version: string;
    readonly licence: string;
    /** File inside the package. */
    readonly path: string;
    /** Byte range `[start, end)` of the part that is read, for packed files. */
    readonly range?: readonly [number, number];
    readonly sha256: string;
  };
  readonly conversion: "detector" | "attention-mesh" | "matte" | "geometry";
  /** Version of the converter that wrote `output`. */
  readonly converter: string;
  readonly opset?: number;
  /** What the input's values are and how pixels become them. */
  readonly normalisation?: string;
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  readonly outputs?: Readonly<Record<string, readonly number[]>>;
  readonly output: { readonly file: string; readonly bytes: number; readonly sha256: string };
}

/** SHA-256 in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
