/**
 * Centres of a BlazeFace detector's anchors in [0, 1], `[n, 2]`, in the order of its outputs.
 * @param inputSize side of the network's input in pixels.
 * @param layers grid pitch in pixels and anchors per cell, in order.
 * @see MediaPipe, `SsdAnchorsCalculator`, with a fixed anchor size of 1.
 */
export function anchorCentres(
  inputSize: number,
  layers: readonly { readonly stride: number; readonly perCell: number }[],
): Float32Array {
  const centres: number[] = [];
  for (const { stride, perCell } of layers) {
    const cells = Math.ceil(inputSize / stride);
    for (let y = 0; y < cells; y++) {
      for (let x = 0; x < cells; x++) {
        for (let i = 0; i < perCell; i++) centres.push((x + 0.5) / cells, (y + 0.5) / cells);
      }
    }
  }
  return Float32Array.from(centres);
}
