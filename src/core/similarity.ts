/** The nine numbers of a 3 × 3 matrix, row-major. */
export type Matrix3 = [
  xx: number,
  xy: number,
  xz: number,
  yx: number,
  yy: number,
  yz: number,
  zx: number,
  zy: number,
  zz: number,
];

/** A map of space, p' = scale · rotation · p + translation. */
export interface Similarity {
  readonly scale: number;
  /** `[3, 3]`, row-major, a proper rotation. */
  readonly rotation: Float64Array;
  readonly translation: readonly [number, number, number];
}

/** The eigenvector of a symmetric 4×4 matrix that belongs to its largest eigenvalue (cyclic Jacobi). */
function dominantEigenvector(matrix: Float64Array): [number, number, number, number] {
  const a = matrix.slice();
  const vectors = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
  for (let sweep = 0; sweep < 16; sweep++) {
    for (let p = 0; p < 3; p++) {
      for (let q = p + 1; q < 4; q++) {
        const off = a[4 * p + q]!;
        if (Math.abs(off) < 1e-300) continue;
        const theta = (a[5 * q]! - a[5 * p]!) / (2 * off);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (let k = 0; k < 4; k++) {
          const [x, y] = [a[4 * k + p]!, a[4 * k + q]!];
          a[4 * k + p] = c * x - s * y;
          a[4 * k + q] = s * x + c * y;
        }
        for (let k = 0; k < 4; k++) {
          const [x, y] = [a[4 * p + k]!, a[4 * q + k]!];
          a[4 * p + k] = c * x - s * y;
          a[4 * q + k] = s * x + c * y;
          const [u, v] = [vectors[4 * k + p]!, vectors[4 * k + q]!];
          vectors[4 * k + p] = c * u - s * v;
          vectors[4 * k + q] = s * u + c * v;
        }
      }
    }
  }
  let best = 0;
  for (let i = 1; i < 4; i++) if (a[5 * i]! > a[5 * best]!) best = i;
  return [vectors[best]!, vectors[4 + best]!, vectors[8 + best]!, vectors[12 + best]!];
}

/**
 * The similarity that maps `from` onto `to` with the least weighted squared error.
 * @param from `[n, 3]`; @param to `[n, 3]`; @param weights `[n]`, not all zero.
 * @see Horn 1987 (rotation by quaternion), Umeyama 1991 (scale).
 */
export function fitSimilarity(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  weights: ArrayLike<number>,
): Similarity {
  const centreFrom = [0, 0, 0];
  const centreTo = [0, 0, 0];
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    total += weights[i]!;
    for (let k = 0; k < 3; k++) {
      centreFrom[k]! += weights[i]! * from[3 * i + k]!;
      centreTo[k]! += weights[i]! * to[3 * i + k]!;
    }
  }
  for (let k = 0; k < 3; k++) {
    centreFrom[k]! /= total;
    centreTo[k]! /= total;
  }
  const s = new Float64Array(9);
  let spread = 0;
  for (let i = 0; i < weights.length; i++) {
    for (let k = 0; k < 3; k++) {
      const a = weights[i]! * (from[3 * i + k]! - centreFrom[k]!);
      spread += a * (from[3 * i + k]! - centreFrom[k]!);
      for (let l = 0; l < 3; l++) s[3 * k + l]! += a * (to[3 * i + l]! - centreTo[l]!);
    }
  }
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = Array.from(s) as Matrix3;
  // prettier-ignore
  const [w, x, y, z] = dominantEigenvector(Float64Array.of(
    xx + yy + zz, yz - zy, zx - xz, xy - yx,
    yz - zy, xx - yy - zz, xy + yx, zx + xz,
    zx - xz, xy + yx, yy - xx - zz, yz + zy,
    xy - yx, zx + xz, yz + zy, zz - xx - yy,
  ));
  // prettier-ignore
  const rotation = Float64Array.of(
    1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
    2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
    2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
  );
  let agreement = 0;
  for (let k = 0; k < 3; k++) for (let l = 0; l < 3; l++) agreement += rotation[3 * l + k]! * s[3 * k + l]!;
  const scale = spread > 0 ? agreement / spread : 1;
  const shift = (l: number) =>
    centreTo[l]! -
    scale *
      (rotation[3 * l]! * centreFrom[0]! +
        rotation[3 * l + 1]! * centreFrom[1]! +
        rotation[3 * l + 2]! * centreFrom[2]!);
  return { scale, rotation, translation: [shift(0), shift(1), shift(2)] };
}
