/** Where a picture shows people, coarser than the picture and stretched over it. */
export interface PersonMatte {
  readonly width: number;
  readonly height: number;
  /** `[height, width]`, 0 (background) to 255 (a person). */
  readonly data: Uint8Array<ArrayBuffer>;
}
