import { openVideo } from "../media/demux/open-video.ts";
import type { JobReport } from "../job/job.ts";
import type { LeftFrame } from "../job/report/report-document.ts";

/** Most pictures of a report. */
const MOST = 8;
const HEIGHT_PX = 96;
const QUALITY = 0.7;

/** Frames in the middle of the ranges that were left as they were, the longest ranges first, in order of time. */
export function leftFrameNumbers({ facelessRanges }: Pick<JobReport, "facelessRanges">): number[] {
  return [...facelessRanges]
    .sort(([a, b], [c, d]) => d - c - (b - a))
    .slice(0, MOST)
    .map(([first, last]) => Math.floor((first + last) / 2))
    .sort((a, b) => a - b);
}

/**
 * Small pictures of frames that were left as they were, for the job's report.
 * @param output the finished video.
 * @throws EngineError of `openVideo`.
 */
export async function drawLeftFrames(output: Blob, report: JobReport): Promise<LeftFrame[]> {
  const wanted = leftFrameNumbers(report);
  if (wanted.length === 0) return [];
  const video = await openVideo(output);
  try {
    const scale = HEIGHT_PX / video.height;
    const size = { width: Math.max(2, Math.round((video.width * scale) / 2) * 2), height: HEIGHT_PX };
    const canvas = new OffscreenCanvas(size.width, size.height);
    const context = canvas.getContext("2d")!;
    const drawn: LeftFrame[] = [];
    for (const frame of wanted) {
      const seconds = (frame + 0.5) / report.fps;
      for await (const { image } of video.frames({ ...size, fromSeconds: seconds })) {
        context.putImageData(new ImageData(image.data, image.width, image.height), 0, 0);
        const jpeg = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
        const bytes = String.fromCharCode(...new Uint8Array(await jpeg.arrayBuffer()));
        drawn.push({ frame, seconds: frame / report.fps, picture: `data:image/jpeg;base64,${btoa(bytes)}` });
        break;
      }
    }
    return drawn;
  } finally {
    video.dispose();
  }
}
