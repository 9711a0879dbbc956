import type { PlaneColour } from "../../core/plane-colour.ts";

export type { PlaneColour };

/** How luma and chroma were made from red, green and blue. */
export type YuvMatrix = "bt601" | "bt709" | "bt2020";

/** Weights of red and blue in luma. @see ITU-R BT.601-7, BT.709-6, BT.2020-2. */
export const LUMA_WEIGHTS = {
  bt601: [0.299, 0.114],
  bt709: [0.2126, 0.0722],
  bt2020: [0.2627, 0.0593],
} as const;

/** Video of this height and above is BT.709 where nothing says otherwise, lower video BT.601, as players assume. */
const HD_HEIGHT = 720;

/**
 * The matrix behind the name that a frame gives, which may be none.
 * @param tagged whether BT.709 is the file's own word, not a decoder's guess. @param height of the stored frame.
 */
export function matrixBehind(name: string | null, tagged: boolean, height: number): YuvMatrix {
  if (name?.startsWith("bt2020")) return "bt2020";
  if (name && name !== "bt709") return "bt601";
  return (tagged && name === "bt709") || height >= HD_HEIGHT ? "bt709" : "bt601";
}

/** What pictures are tagged with that no source gives a colour space. */
export const BT709: PlaneColour = {
  primaries: "bt709",
  transfer: "bt709",
  matrix: "bt709",
  fullRange: false,
};

/** The equations behind a matrix's name: both names of the smaller standards mean the same ones. */
export function yuvMatrixOf({ matrix }: Pick<PlaneColour, "matrix">): "bt601" | "bt709" {
  return matrix === "bt709" ? "bt709" : "bt601";
}

/** Whether planes of one may stand for planes of the other. */
export function sameColour(a: PlaneColour, b: PlaneColour): boolean {
  return (
    a.primaries === b.primaries &&
    a.transfer === b.transfer &&
    a.matrix === b.matrix &&
    a.fullRange === b.fullRange
  );
}

const PRIMARIES = ["bt709", "smpte170m", "bt470bg"] as const;
const TRANSFERS = ["bt709", "smpte170m", "iec61966-2-1"] as const;

/** The word where it is one of `words`, BT.709 where there is none, undefined where it is another. */
function named<Word extends string>(word: string | null, words: readonly Word[]): Word | "bt709" | undefined {
  return word === null ? "bt709" : words.find((known) => known === word);
}

/**
 * The colour space that planes are passed on with.
 * @param told what the frame says. @param matrix what its matrix is taken for.
 * @returns null for spaces of wide gamut or high dynamic range, whose planes are converted instead.
 */
export function planeColourOf(
  told: Pick<VideoColorSpace, "primaries" | "transfer" | "matrix" | "fullRange">,
  matrix: YuvMatrix,
): PlaneColour | null {
  const primaries = named(told.primaries, PRIMARIES);
  const transfer = named(told.transfer, TRANSFERS);
  if (!primaries || !transfer || matrix === "bt2020" || told.matrix === "rgb") return null;
  const smaller = told.matrix === "bt470bg" ? "bt470bg" : "smpte170m";
  return {
    primaries,
    transfer,
    matrix: matrix === "bt709" ? "bt709" : smaller,
    fullRange: told.fullRange === true,
  };
}
