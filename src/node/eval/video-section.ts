import { createEngine, type Engine } from "../../client/engine.ts";
import type { Box, FaceLandmarks } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { createFaceAnalyser, type FaceAnalyser } from "../../face/face-analyser.ts";
import { createRuntime } from "../../inference/runtime.ts";
import { openVideo } from "../../media/open-video.ts";
import {
  correlation,
  jitter,
  lagSeconds,
  laplacianVariance,
  correlationBeyond,
  psnrOutside,
  ringGradient,
  sampleTruth,
} from "../../pipeline/eval-video-measures.ts";
import type { ClipLabels } from "../../speech/eval/labels.ts";
import type { EvalContext, EvalSection } from "./section.ts";

/** Voices with exact truth, put onto heads that say something else. */
const VOICES = ["espeak-nl-1", "espeak-pl-2", "upc_ca_ona_hts-1"];
const FOLDER = "tests/eval/speech";
const LABELS = import.meta.glob<ClipLabels>("../../../tests/eval/speech/*.json", {
  import: "default",
  eager: true,
});
const SHARED_HEAD = "video/synth_talk_front_25fps.mp4";
const OWN_HEAD = "tests/fixtures/video/talk.mp4";

/** What is measured of one frame. */
interface FrameMeasure {
  /** Gap between the lips in inter-ocular distances. */
  readonly gap: number;
  /** Middle of the mouth below the nose in inter-ocular distances. */
  readonly mouthY: number;
  readonly mouthX: number;
  readonly sharpness: number;
  readonly seam: number;
}

/** Scores of one voice on one head. */
interface VoiceScore {
  readonly voice: string;
  readonly frames: number;
  /** Correlation of the seen gap with the new voice's aperture; with the old mouth's gap beyond what that shares with it. */
  readonly newVoice: number;
  readonly oldVoice: number;
  readonly lagStart: number;
  readonly lagEnd: number;
  /** Sharpness of the chin under the lips and steepness of the mouth's surroundings relative to the source. */
  readonly sharpness: number;
  readonly seam: number;
  readonly psnrOutside: number;
  readonly secondsPerSecond: number;
}

const eyes = (points: Float32Array) => {
  const middle = (a: number, b: number, axis: number) => (points[a * 3 + axis]! + points[b * 3 + axis]!) / 2;
  const [rx, ry, lx, ly] = [middle(33, 133, 0), middle(33, 133, 1), middle(263, 362, 0), middle(263, 362, 1)];
  return { x: (rx + lx) / 2, y: (ry + ly) / 2, iod: Math.hypot(rx - lx, ry - ly) };
};

function measure(image: RgbaImage, { points }: FaceLandmarks): FrameMeasure {
  const { iod } = eyes(points);
  const at = (vertex: number, axis: number) => points[vertex * 3 + axis]!;
  const mouth = { x: (at(61, 0) + at(291, 0)) / 2, y: (at(61, 1) + at(291, 1)) / 2 };
  const around = (half: number, tall: number): Box => ({
    x: mouth.x - half * iod,
    y: mouth.y - tall * iod,
    width: 2 * half * iod,
    height: 2 * tall * iod,
  });
  return {
    gap: Math.hypot(at(13, 0) - at(14, 0), at(13, 1) - at(14, 1)) / iod,
    mouthY: (mouth.y - at(2, 1)) / iod,
    mouthX: (mouth.x - at(2, 0)) / iod,
    sharpness: laplacianVariance(image, { ...around(0.3, 0.12), y: mouth.y + 0.35 * iod }),
    seam: ringGradient(image, around(0.95, 0.75), around(0.55, 0.4)),
  };
}

/** Looks at every frame of a movie; `visit` sees it with what was measured. */
async function look(
  movie: Blob,
  analyser: FaceAnalyser,
  frames: number,
  size?: { readonly width: number; readonly height: number },
  visit?: (image: RgbaImage, index: number, landmarks: FaceLandmarks) => Promise<void> | void,
): Promise<FrameMeasure[]> {
  const video = await openVideo(movie);
  const measures: FrameMeasure[] = [];
  let landmarks: FaceLandmarks | undefined;
  try {
    for await (const { image } of video.frames(size)) {
      if (measures.length === frames) break;
      landmarks = landmarks
        ? await analyser.landmarks(image, landmarks)
        : (await analyser.analyse(image))[0]?.landmarks;
      if (!landmarks) throw new Error("no face is seen in a frame of the result");
      await visit?.(image, measures.length, landmarks);
      measures.push(measure(image, landmarks));
    }
    return measures;
  } finally {
    video.dispose();
  }
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

async function scoreVoice(
  engine: Engine,
  analyser: FaceAnalyser,
  head: File,
  voice: File,
  labels: ClipLabels,
): Promise<VoiceScore> {
  const started = performance.now();
  const { output, report } = await engine.run({
    model: "lipsync-video",
    formState: { video: head, audio: voice },
    backend: "wasm",
  });
  const seconds = (performance.now() - started) / 1000;
  const size = { width: report.width, height: report.height };
  const result: RgbaImage[] = [];
  const kept = Math.min(report.frames, 150);
  const after = await look(output, analyser, kept, undefined, (image) => void result.push(image));
  const outside: number[] = [];
  const before = await look(head, analyser, kept, size, (image, index, landmarks) => {
    const other = result[index];
    if (!other) return;
    const { x, y, iod } = eyes(landmarks.points);
    const face = { x: x - 2.2 * iod, y: y - 0.2 * iod, width: 4.4 * iod, height: 4.2 * iod };
    outside.push(psnrOutside(image, other, face));
  });
  const truth = labels.aperture!;
  const gaps = after.map((frame) => frame.gap);
  const wanted = gaps.map((_, i) => sampleTruth(truth, i / report.fps));
  const half = Math.floor(gaps.length / 2);
  const ratio = (key: "sharpness" | "seam") =>
    meanOf(after.map((frame) => frame[key])) / meanOf(before.map((frame) => frame[key]));
  return {
    voice: labels.clip,
    frames: report.frames,
    newVoice: correlation(wanted, gaps),
    oldVoice: correlationBeyond(
      before.map((frame) => frame.gap),
      gaps,
      wanted,
    ),
    lagStart: lagSeconds(truth, gaps.slice(0, half), report.fps),
    lagEnd: lagSeconds(truth.slice(Math.round((half / report.fps) * 100)), gaps.slice(half), report.fps),
    sharpness: ratio("sharpness"),
    seam: ratio("seam"),
    psnrOutside: meanOf(outside),
    secondsPerSecond: seconds / report.durationSeconds,
  };
}

/** A silent voice of some seconds, 16 kHz mono. */
function silentVoice(seconds: number): File {
  const count = seconds * 16_000;
  const view = new DataView(new ArrayBuffer(44 + count * 2));
  const text = (offset: number, word: string) =>
    [...word].forEach((letter, i) => view.setUint8(offset + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + count * 2, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 16_000, true);
  view.setUint32(28, 32_000, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, count * 2, true);
  return new File([view.buffer], "silence.wav");
}

async function scoreSilence(engine: Engine, analyser: FaceAnalyser, head: File) {
  const { output, report } = await engine.run({
    model: "lipsync-video",
    formState: { video: head, audio: silentVoice(3) },
    backend: "wasm",
  });
  const frames = await look(output, analyser, report.frames);
  const gaps = frames.map((frame) => frame.gap);
  const mean = meanOf(gaps);
  return {
    gapMean: mean,
    gapSpread: Math.sqrt(meanOf(gaps.map((gap) => (gap - mean) ** 2))),
    jitter: Math.hypot(
      jitter(frames.map((frame) => frame.mouthX)),
      jitter(frames.map((frame) => frame.mouthY)),
    ),
  };
}

async function headOf(context: EvalContext): Promise<{ head: File; name: string }> {
  const shared = await context.media(SHARED_HEAD);
  const head = shared ?? (await context.file(OWN_HEAD));
  if (!head) throw new Error(`${OWN_HEAD} is missing`);
  return { head, name: shared ? SHARED_HEAD : OWN_HEAD };
}

/** How well a video's mouth follows a new voice and forgets the old one. */
export const VIDEO_SECTION: EvalSection = {
  name: "video",
  title: "Videos with a new voice",
  async run(context) {
    const { head, name } = await headOf(context);
    const runtime = await createRuntime({ backend: "wasm", threads: 1 });
    const engine = createEngine();
    try {
      const analyser = await createFaceAnalyser(runtime);
      const scores: VoiceScore[] = [];
      for (const [i, voice] of VOICES.entries()) {
        const labels = LABELS[`../../../${FOLDER}/${voice}.json`];
        const file = labels && (await context.file(`${FOLDER}/${labels.file}`));
        if (labels?.aperture && file) scores.push(await scoreVoice(engine, analyser, head, file, labels));
        context.onProgress((i + 1) / (VOICES.length + 1));
      }
      const silence = await scoreSilence(engine, analyser, head);
      context.onProgress(1);
      const row = (score: VoiceScore) =>
        `| ${score.voice} | ${score.frames} | ${score.newVoice.toFixed(2)} | ${score.oldVoice.toFixed(2)} | ` +
        `${(1000 * score.lagStart).toFixed(0)} / ${(1000 * score.lagEnd).toFixed(0)} | ${score.sharpness.toFixed(2)} | ` +
        `${score.seam.toFixed(2)} | ${score.psnrOutside.toFixed(1)} | ${score.secondsPerSecond.toFixed(2)} |`;
      const markdown = [
        `On \`${name}\`, whose mouth says something else; gaps measured by following the result's face anew.`,
        "",
        "| Voice | Frames | r with the new voice | r with the old mouth beyond that | Lag at start / end, ms | Sharpness under the lips / source | Gradient around the mouth / source | PSNR of the luminance away from the face, dB | Seconds per second |",
        "|---|---|---|---|---|---|---|---|---|",
        ...scores.map(row),
        "",
        `Silent voice: gap ${silence.gapMean.toFixed(3)} ± ${silence.gapSpread.toFixed(3)}, jitter of the mouth ${(100 * silence.jitter).toFixed(2)} % of the eyes' distance (root mean square of second differences).`,
      ].join("\n");
      return { json: { head: name, scores, silence }, markdown };
    } finally {
      engine.dispose();
      await runtime.dispose();
    }
  },
};
