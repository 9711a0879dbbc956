import type { Engine } from "../../../src/engine/engine-types.ts";
import { REST_POSE } from "../../../src/core/mouth.ts";
import type { FaceAnalyser } from "../../../src/vision/landmarks/face-analyser.ts";
import { openVideo } from "../../../src/media/demux/open-video.ts";
import { rgbaOf, type Picture } from "../../../src/media/planes/picture.ts";
import { psnrOutside } from "./eval-video-measures.ts";
import { picturesInOrder } from "../../../src/pipeline/plan/video-frames.ts";
import { createStage } from "./video-stage.ts";

const NOWHERE = { x: 0, y: 0, width: 0, height: 0 };

/** What became of frames in which no face is seen, or none that can be used. */
export interface GapScore {
  readonly frames: number;
  /** Frames that must stay as they are. */
  readonly faceless: number;
  /** Of those: the same in every byte before encoding. */
  readonly untouched: number;
  /** Of those: named by the job's report. */
  readonly reported: number;
  /** Lowest peak signal-to-noise ratio of the luminance of those in the finished file, in dB. */
  readonly leastPsnr: number;
}

/** Renders a head that leaves the picture and compares every frame without a usable face with the source's. */
export async function scoreGap(
  engine: Engine,
  analyser: FaceAnalyser,
  head: File,
  voice: File,
): Promise<GapScore> {
  const { video, face, places } = await createStage(head, analyser);
  const { output, report } = await engine.run({
    model: "lipsync-video",
    formState: { video: head, audio: voice },
    backend: "wasm",
  });
  const shown = places(report.durationSeconds).subarray(0, report.frames);
  const reported = (frame: number) =>
    report.facelessRanges.some(([first, last]) => frame >= first && frame <= last);
  const [source, result] = [await openVideo(head), await openVideo(output)];
  const { width, height, starts } = video;
  const score = {
    frames: report.frames,
    faceless: 0,
    untouched: 0,
    reported: 0,
    leastPsnr: Infinity,
  };
  try {
    const before = picturesInOrder(source, shown, { starts, width, height });
    const after = result.frames({ width, height })[Symbol.asyncIterator]();
    for (let frame = 0; frame < shown.length; frame++) {
      const own = rgbaOf((await before.next()).value as Picture);
      const { value: got, done } = await after.next();
      if (done) break;
      const place = shown[frame]!;
      if (face.strength[place]! <= 0) {
        const drawn = { width, height, data: own.data.slice() };
        face.render(place, { ...REST_POSE, aperture: 1 }, drawn);
        const psnr = psnrOutside(own, got.image, NOWHERE);
        score.faceless++;
        if (drawn.data.every((value, i) => value === own.data[i])) score.untouched++;
        if (reported(frame)) score.reported++;
        score.leastPsnr = Math.min(score.leastPsnr, psnr);
      }
    }
  } finally {
    source.dispose();
    result.dispose();
  }
  return score;
}
