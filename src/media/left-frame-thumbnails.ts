import { throwIfCancelled } from "../job/errors.ts";
import type { LeftFrame } from "../job/job.ts";
import { openVideo } from "./demux/open-video.ts";

/** Most pictures of a report. */
const MOST = 8;
const HEIGHT_PX = 96;
const QUALITY = 0.7;

/** Frames in the middle of the ranges `[first, last]`, the longest ranges first, in order of time. */
export function middleFrames(ranges: readonly (readonly [number, number])[]): number[] {
  return [...ranges]
    .sort(([a, b], [c, d]) => d - c - (b - a))
    .slice(0, MOST)
    .map(([first, last]) => Math.floor((first + last) / 2))
    .sort((a, b) => a - b);
}

/**
 * Small pictures of frames that were left as they were, for the job's report.
 * @param output the finished video.
 * @param ranges of frames `[first, last]`; one picture is taken of each of the longest.
 * @param fps of the video.
 * @throws EngineError of `openVideo`, `job/cancelled`.
 */
export async function drawLeftFrames(
  output: Blob,
  ranges: readonly (readonly [number, number])[],
  fps: number,
  signal: AbortSignal,
): Promise<LeftFrame[]> {
  const video = await openVideo(output);
  try {
    const scale = HEIGHT_PX / video.height;
    const size = { width: Math.max(2, Math.round((video.width * scale) / 2) * 2), height: HEIGHT_PX };
    const canvas = new OffscreenCanvas(size.width, size.height);
    const context = canvas.getContext("2d")!;
    const drawn: LeftFrame[] = [];
    for (const frame of middleFrames(ranges)) {
      throwIfCancelled(signal);
      for await (const { image } of video.frames({ ...size, fromSeconds: (frame + 0.5) / fps })) {
        context.putImageData(new ImageData(image.data, image.width, image.height), 0, 0);
        const jpeg = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
        const bytes = String.fromCharCode(...new Uint8Array(await jpeg.arrayBuffer()));
        drawn.push({ frame, seconds: frame / fps, picture: `data:image/jpeg;base64,${btoa(bytes)}` });
        break;
      }
    }
    return drawn;
  } finally {
    video.dispose();
  }
}
