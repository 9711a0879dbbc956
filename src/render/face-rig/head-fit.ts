import { apply, type HeadMotion } from "../../core/head-step.ts";
import { STABLE } from "./topology.ts";

/**
 * Scale (pixels per cm), rotation and shift (pixels) that carry the canonical face into the picture:
 * `p = scale · rotation · v + shift`.
 */
export type HeadFit = HeadMotion;

/** Eigenvector of the largest eigenvalue of a symmetric 4 × 4 matrix (Jacobi's rotations). */
function largestEigenvector(matrix: readonly number[]): [number, number, number, number] {
  const a = matrix.slice();
  const v = a.map((_, i) => Number(i % 5 === 0));
  for (let sweep = 0; sweep < 24; sweep++) {
    for (let p = 0; p < 3; p++) {
      for (let q = p + 1; q < 4; q++) {
        const apq = a[p * 4 + q]!;
        if (Math.abs(apq) < 1e-300) continue;
        const theta = (a[q * 4 + q]! - a[p * 4 + p]!) / (2 * apq);
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < 4; k++) {
          const [kp, kq] = [a[k * 4 + p]!, a[k * 4 + q]!];
          a[k * 4 + p] = c * kp - s * kq;
          a[k * 4 + q] = s * kp + c * kq;
        }
        for (let k = 0; k < 4; k++) {
          const [pk, qk] = [a[p * 4 + k]!, a[q * 4 + k]!];
          a[p * 4 + k] = c * pk - s * qk;
          a[q * 4 + k] = s * pk + c * qk;
          const [vp, vq] = [v[k * 4 + p]!, v[k * 4 + q]!];
          v[k * 4 + p] = c * vp - s * vq;
          v[k * 4 + q] = s * vp + c * vq;
        }
      }
    }
  }
  let best = 0;
  for (let i = 1; i < 4; i++) if (a[i * 5]! > a[best * 5]!) best = i;
  return [v[best]!, v[4 + best]!, v[8 + best]!, v[12 + best]!];
}

/**
 * The similarity that best carries `source` onto `target` on the face's stable points, least squares.
 * @param source `[468+, 3]` canonical vertices. @param target `[468+, 3]` points of the picture.
 * @see Horn 1987, closed-form solution of absolute orientation using unit quaternions.
 */
export function fitHead(source: ArrayLike<number>, target: ArrayLike<number>): HeadFit {
  const mean = (points: ArrayLike<number>) =>
    [0, 1, 2].map((axis) => {
      let sum = 0;
      for (const v of STABLE) sum += points[v * 3 + axis]!;
      return sum / STABLE.length;
    });
  const ms = mean(source);
  const mt = mean(target);
  const s = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  let spread = 0;
  for (const v of STABLE) {
    for (let i = 0; i < 3; i++) {
      const a = source[v * 3 + i]! - ms[i]!;
      spread += a * a;
      for (let j = 0; j < 3; j++) s[i * 3 + j]! += a * (target[v * 3 + j]! - mt[j]!);
    }
  }
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [w, x, y, z] = largestEigenvector([
    xx + yy + zz,
    yz - zy,
    zx - xz,
    xy - yx,
    yz - zy,
    xx - yy - zz,
    xy + yx,
    zx + xz,
    zx - xz,
    xy + yx,
    yy - xx - zz,
    yz + zy,
    xy - yx,
    zx + xz,
    yz + zy,
    zz - xx - yy,
  ]);
  const rotation = [
    w * w + x * x - y * y - z * z,
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    w * w - x * x + y * y - z * z,
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    w * w - x * x - y * y + z * z,
  ];
  let matched = 0;
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) matched += rotation[j * 3 + i]! * s[i * 3 + j]!;
  const scale = matched / spread;
  const turned = apply(rotation, ms);
  return { scale, rotation, shift: mt.map((middle, i) => middle - scale * turned[i]!) };
}

/** Yaw of a fitted head in degrees: 0 from the front, positive when it is turned to the image's right. */
export function yawOf({ rotation }: HeadFit): number {
  return (-Math.atan2(rotation[2]!, rotation[8]!) * 180) / Math.PI;
}

/**
 * Where points of one picture of a head lie in another, by the head's pose in both, for points at depth `z`: an affine
 * map `[2, 3]`, row-major.
 */
export function headToHead(from: HeadFit, to: HeadFit): (z: number) => Float64Array {
  const k = to.scale / from.scale;
  const turn = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      let sum = 0;
      for (let n = 0; n < 3; n++) sum += to.rotation[i * 3 + n]! * from.rotation[j * 3 + n]!;
      turn[i * 3 + j] = k * sum;
    }
  }
  const offset = [0, 1].map((i) => {
    let moved = 0;
    for (let j = 0; j < 3; j++) moved += turn[i * 3 + j]! * from.shift[j]!;
    return to.shift[i]! - moved;
  });
  return (z) =>
    Float64Array.from([
      turn[0]!,
      turn[1]!,
      offset[0]! + turn[2]! * z,
      turn[3]!,
      turn[4]!,
      offset[1]! + turn[5]! * z,
    ]);
}
