import { EngineError } from "../job/errors.ts";
import { openVideo } from "../media/demux/open-video.ts";

const COLUMNS = 6;
const ROWS = 4;
const CELL_PX = 220;

/**
 * A grid of 24 frames, evenly spaced over the video, as PNG.
 * @throws EngineError of `openVideo`.
 */
export async function drawContactSheet(output: Blob): Promise<Blob> {
  const video = await openVideo(output);
  try {
    const count = COLUMNS * ROWS;
    const scale = CELL_PX / Math.max(video.width, video.height);
    const width = Math.max(2, Math.round((video.width * scale) / 2) * 2);
    const height = Math.max(2, Math.round((video.height * scale) / 2) * 2);
    const canvas = new OffscreenCanvas(COLUMNS * width, ROWS * height);
    const context = canvas.getContext("2d");
    if (!context)
      throw new EngineError("device/memory", "The browser refused a canvas for the contact sheet.");
    let next = 0;
    for await (const { image, timestampSeconds } of video.frames({ width, height })) {
      if (next >= count) break;
      if (timestampSeconds < ((next + 0.5) * video.durationSeconds) / count) continue;
      const pixels = new ImageData(image.data, image.width, image.height);
      context.putImageData(pixels, (next % COLUMNS) * width, Math.floor(next / COLUMNS) * height);
      next++;
    }
    return await canvas.convertToBlob({ type: "image/png" });
  } finally {
    video.dispose();
  }
}
