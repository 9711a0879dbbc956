/** A motion of the picture: `p' = scale · rotation · p + shift`, in pixels. */
export interface HeadMotion {
  readonly scale: number;
  /** `[3, 3]`, row-major. */
  readonly rotation: ArrayLike<number>;
  /** `[3]` */
  readonly shift: ArrayLike<number>;
}

/** How a head moved between two frames. */
export interface HeadStep extends HeadMotion {
  /** Whether the pictures bear it out, 0 (not at all) to 1. */
  readonly certainty: number;
}

/** Numbers of a stored step: turn (3, radians about x, y, z), log scale, shift (3), certainty. */
export const STEP_VALUES = 8;

/** The product of two 3 × 3 matrices, row-major. */
export function multiply(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  const product = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < 9; i++) {
    const [row, column] = [i - (i % 3), i % 3];
    product[i] = a[row]! * b[column]! + a[row + 1]! * b[3 + column]! + a[row + 2]! * b[6 + column]!;
  }
  return product;
}

/** A 3 × 3 matrix times a vector. */
export function apply(matrix: ArrayLike<number>, point: ArrayLike<number>): [number, number, number] {
  const row = (at: number) =>
    matrix[at]! * point[0]! + matrix[at + 1]! * point[1]! + matrix[at + 2]! * point[2]!;
  return [row(0), row(3), row(6)];
}

/** The rotation by the length of a vector about its direction (Rodrigues' formula). */
export function rotationOf(turn: ArrayLike<number>): number[] {
  const [x, y, z] = [turn[0]!, turn[1]!, turn[2]!];
  const angle = Math.hypot(x, y, z);
  const a = angle > 1e-9 ? Math.sin(angle) / angle : 1;
  const b = angle > 1e-9 ? (1 - Math.cos(angle)) / (angle * angle) : 0.5;
  const c = Math.cos(angle);
  return [
    c + b * x * x,
    b * x * y - a * z,
    b * x * z + a * y,
    b * x * y + a * z,
    c + b * y * y,
    b * y * z - a * x,
    b * x * z - a * y,
    b * y * z + a * x,
    c + b * z * z,
  ];
}

/** The turn of a rotation by less than half a circle; the inverse of {@link rotationOf}. */
export function turnOf(rotation: ArrayLike<number>): [number, number, number] {
  const r = rotation;
  const cos = Math.min(1, Math.max(-1, (r[0]! + r[4]! + r[8]! - 1) / 2));
  const angle = Math.acos(cos);
  const half = angle > 1e-6 ? angle / (2 * Math.sin(angle)) : 0.5;
  return [half * (r[7]! - r[5]!), half * (r[2]! - r[6]!), half * (r[3]! - r[1]!)];
}

/** The motion back. */
export function inverseMotion({ scale, rotation: r, shift }: HeadMotion): HeadMotion {
  const back = [r[0]!, r[3]!, r[6]!, r[1]!, r[4]!, r[7]!, r[2]!, r[5]!, r[8]!];
  const [x, y, z] = apply(back, shift);
  return { scale: 1 / scale, rotation: back, shift: [-x / scale, -y / scale, -z / scale] };
}

/** The step back, as certain. */
export function inverseStep(step: HeadStep): HeadStep {
  return { ...inverseMotion(step), certainty: step.certainty };
}

/** Writes a step as {@link STEP_VALUES} numbers. */
export function writeStep(
  { scale, rotation, shift, certainty }: HeadStep,
  out: Float32Array,
  at: number,
): void {
  out.set([...turnOf(rotation), Math.log(scale), shift[0]!, shift[1]!, shift[2]!, certainty], at);
}

/** Reads a step that {@link writeStep} wrote. */
export function readStep(values: Float32Array, at: number): HeadStep {
  return {
    rotation: rotationOf([values[at]!, values[at + 1]!, values[at + 2]!]),
    scale: Math.exp(values[at + 3]!),
    shift: [values[at + 4]!, values[at + 5]!, values[at + 6]!],
    certainty: values[at + 7]!,
  };
}
