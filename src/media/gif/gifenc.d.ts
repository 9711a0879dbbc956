/** The part of gifenc 1.0 that is used here; the package brings no types. */
declare module "gifenc" {
  /** Colours as `[red, green, blue]`, 0 to 255. */
  export type GifPalette = (readonly [number, number, number])[];

  interface GifFrame {
    /** Of the first frame: the palette of all. */
    readonly palette?: GifPalette;
    /** In ms, rounded to 10. */
    readonly delay: number;
    readonly transparent?: boolean;
    readonly transparentIndex?: number;
    /** 1: the next frame is drawn over this one. */
    readonly dispose?: number;
    /** 0: for ever. */
    readonly repeat?: number;
  }

  /** A GIF that grows frame by frame. */
  export function GIFEncoder(): {
    writeFrame(indices: Uint8Array, width: number, height: number, frame: GifFrame): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  };

  /** At most `colors` colours that stand for those of RGBA pixels. */
  export function quantize(
    rgba: Uint8Array | Uint8ClampedArray,
    colors: number,
    options?: { readonly format?: "rgb565" | "rgb444" },
  ): GifPalette;
}
