/** A bell of deviation `sigma` frames, of unit sum. */
function bell(sigma: number): Float64Array {
  const reach = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - reach) / sigma) ** 2),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** `values` smoothed by a bell of deviation `sigma` frames; edges repeat. */
export function smooth(values: Float32Array, sigma: number): Float32Array<ArrayBuffer> {
  const kernel = bell(sigma);
  const reach = (kernel.length - 1) / 2;
  const last = values.length - 1;
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    let sum = 0;
    for (let k = -reach; k <= reach; k++)
      sum += kernel[k + reach]! * values[Math.min(last, Math.max(0, i + k))]!;
    out[i] = sum;
  }
  return out;
}

/** Column `index` of a row-major matrix. */
export function column(matrix: Float32Array, width: number, index: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(Math.floor(matrix.length / width));
  for (let row = 0; row < out.length; row++) out[row] = matrix[row * width + index]!;
  return out;
}
