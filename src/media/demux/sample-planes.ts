import type { VideoSample } from "mediabunny";
import type { SamplePlane, StoredFrame } from "../planes/stored-planes.ts";

const SUBSAMPLING: Readonly<Record<string, readonly [x: number, y: number]>> = {
  420: [2, 2],
  422: [2, 1],
  444: [1, 1],
};
/** WebCodecs' names of planar formats, for instance `I420`, `I422AP10`. */
const PLANAR = /^I(420|422|444)(A?)(?:P(10|12))?$/;

/** How many luma samples go with one of chroma, across and down; undefined for formats without planes. */
export function subsamplingOf(format: string | null): readonly [x: number, y: number] | undefined {
  if (format === "NV12") return SUBSAMPLING[420];
  return SUBSAMPLING[PLANAR.exec(format ?? "")?.[1] ?? ""];
}

/** Whether frames of that format have planes that {@link readStoredFrame} reads. */
export function isPlanarFormat(format: string | null): boolean {
  return subsamplingOf(format) !== undefined;
}

/** Samples without the padding of their rows. @param stride and `offset` in bytes. */
function planeAt(
  bytes: Uint8Array<ArrayBuffer>,
  { offset, stride }: { readonly offset: number; readonly stride: number },
  { width, height }: { readonly width: number; readonly height: number },
  bits: number,
): SamplePlane {
  const size = bits > 8 ? 2 : 1;
  if (size === 1 && stride === width)
    return { width, height, data: bytes.subarray(offset, offset + width * height) };
  const packed = new Uint8Array(width * height * size);
  for (let y = 0; y < height; y++) {
    const from = offset + y * stride;
    packed.set(bytes.subarray(from, from + width * size), y * width * size);
  }
  return { width, height, data: size === 1 ? packed : new Uint16Array(packed.buffer) };
}

/** Every second byte of interleaved chroma, from `first`. */
function deinterleaved(
  bytes: Uint8Array<ArrayBuffer>,
  { offset, stride }: { readonly offset: number; readonly stride: number },
  { width, height }: { readonly width: number; readonly height: number },
  first: 0 | 1,
): SamplePlane {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = offset + first + y * stride;
    for (let x = 0; x < width; x++) data[y * width + x] = bytes[from + 2 * x]!;
  }
  return { width, height, data };
}

/**
 * A frame's planes as the browser's decoder stores them.
 * @param buffer of `sample.allocationSize()` bytes at least; the planes may be views of it.
 */
export async function readStoredFrame(
  sample: VideoSample,
  buffer: Uint8Array<ArrayBuffer>,
): Promise<StoredFrame> {
  const [byX, byY] = subsamplingOf(sample.format)!;
  const layout = await sample.copyTo(buffer);
  const { width, height } = sample.visibleRect;
  const chroma = { width: Math.ceil(width / byX), height: Math.ceil(height / byY) };
  if (sample.format === "NV12") {
    const [y, uv] = [planeAt(buffer, layout[0]!, { width, height }, 8), layout[1]!];
    const planes = [y, deinterleaved(buffer, uv, chroma, 0), deinterleaved(buffer, uv, chroma, 1)] as const;
    return { planes, alpha: null, bits: 8 };
  }
  const [, , alpha, depth] = PLANAR.exec(sample.format ?? "")!;
  const bits = depth ? Number(depth) : 8;
  const [y, u, v] = ([{ width, height }, chroma, chroma] as const).map((size, i) =>
    planeAt(buffer, layout[i]!, size, bits),
  ) as [SamplePlane, SamplePlane, SamplePlane];
  return {
    planes: [y, u, v],
    alpha: alpha ? planeAt(buffer, layout[3]!, { width, height }, bits) : null,
    bits,
  };
}

/** Places looked at to tell what planes hold. */
const LOOKS = 12;

/**
 * Whether the three planes are green, blue and red, as screen recorders store them. Chromium 156 names no matrix then,
 * and may name none for other reasons; so planes without one are compared with what the browser draws of them.
 */
export async function holdsRgb(sample: VideoSample): Promise<boolean> {
  const { matrix } = sample.colorSpace;
  const [byX] = subsamplingOf(sample.format) ?? [];
  if (byX !== 1 || (matrix && matrix !== "rgb")) return false;
  if (matrix === "rgb") return true;
  const { planes, bits } = await readStoredFrame(sample, new Uint8Array(sample.allocationSize()));
  const { width, height } = planes[0];
  const context = new OffscreenCanvas(LOOKS, LOOKS).getContext("2d", { willReadFrequently: true })!;
  context.imageSmoothingEnabled = false;
  const frame = sample.toVideoFrame();
  try {
    context.drawImage(frame, 0, 0, LOOKS, LOOKS);
  } finally {
    frame.close();
  }
  const { data } = context.getImageData(0, 0, LOOKS, LOOKS);
  let [asRgb, asYuv] = [0, 0];
  for (let i = 0; i < LOOKS * LOOKS; i++) {
    const x = Math.floor((((i % LOOKS) + 0.5) * width) / LOOKS);
    const y = Math.floor(((Math.floor(i / LOOKS) + 0.5) * height) / LOOKS);
    const [first, second, third] = planes.map((plane) => plane.data[y * width + x]! >> (bits - 8)) as [
      number,
      number,
      number,
    ];
    const [red, green, blue] = [data[4 * i]!, data[4 * i + 1]!, data[4 * i + 2]!];
    asRgb += Math.abs(green - first) + Math.abs(blue - second) + Math.abs(red - third);
    asYuv += Math.abs(0.587 * green + 0.299 * red + 0.114 * blue - first);
    asYuv += Math.abs(blue - (first + 1.77 * (second - 128))) + Math.abs(red - (first + 1.4 * (third - 128)));
  }
  return asRgb < asYuv;
}
