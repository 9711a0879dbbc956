/** The face's outline, clockwise in the image from the top of the forehead. */
export const OVAL: readonly number[] = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
  150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];

/** The opening's upper edge from the person's right corner (image left) to the left one. */
export const INNER_UPPER: readonly number[] = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308];
/** The opening's lower edge, same direction. */
export const INNER_LOWER: readonly number[] = [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308];
/** The upper lip's border to the skin, same direction. */
export const OUTER_UPPER: readonly number[] = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291];
/** The lower lip's border to the skin, same direction. */
export const OUTER_LOWER: readonly number[] = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291];
/** The two rings of the upper lip between its borders, outer first. */
export const MIDDLE_UPPER: readonly (readonly number[])[] = [
  [76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306],
  [62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292],
];
/** The two rings of the lower lip between its borders, outer first. */
export const MIDDLE_LOWER: readonly (readonly number[])[] = [
  [76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306],
  [62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292],
];

/** An eye's lids from the outer corner to the inner one, and the rings beyond them without the corners. */
export interface EyeTopology {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
  readonly aboveUpper: readonly number[];
  readonly belowLower: readonly number[];
  readonly blink: "blinkRight" | "blinkLeft";
}
/** The person's right eye (image left). */
export const RIGHT_EYE: EyeTopology = {
  upper: [33, 246, 161, 160, 159, 158, 157, 173, 133],
  lower: [33, 7, 163, 144, 145, 153, 154, 155, 133],
  aboveUpper: [247, 30, 29, 27, 28, 56, 190],
  belowLower: [25, 110, 24, 23, 22, 26, 112],
  blink: "blinkRight",
};
/** The person's left eye (image right). */
export const LEFT_EYE: EyeTopology = {
  upper: [263, 466, 388, 387, 386, 385, 384, 398, 362],
  lower: [263, 249, 390, 373, 374, 380, 381, 382, 362],
  aboveUpper: [467, 260, 259, 257, 258, 286, 414],
  belowLower: [255, 339, 254, 253, 252, 256, 341],
  blink: "blinkLeft",
};

/** Vertices that expressions hardly move: the head pose is fitted on them. */
export const STABLE: readonly number[] = [
  33, 133, 263, 362, 168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 10, 151, 9, 8, 127, 356, 234, 454, 93, 323, 50,
  280, 70, 300, 105, 334, 67, 297,
];

/** Two vertices on each cheek. */
export const CHEEKS: readonly number[] = [50, 280, 205, 425];
