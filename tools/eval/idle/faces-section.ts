import type { RgbaImage } from "../../../src/core/image.ts";
import { createRuntime, type Runtime } from "../../../src/inference/runtime.ts";
import { openVideo } from "../../../src/media/demux/open-video.ts";
import { createFaceAnalyser } from "../../../src/vision/landmarks/face-analyser.ts";
import { readGeometry } from "../../../src/vision/landmarks/geometry.ts";
import { peopleClips, soundOf } from "../people/people-clips.ts";
import type { EvalContext, EvalSection } from "../section.ts";
import { correlation } from "../../../src/core/correlation.ts";
import { mean } from "../speech/metrics.ts";
import { traceFace, type TracedFace } from "./face-trace.ts";
import { motionFigures, type MotionClip, type MotionFigures } from "./motion-figures.ts";
import { motionTable } from "./motion-table.ts";
import { traceVoice, type VoiceTrace } from "./voice-trace.ts";

/** Silent clips of real people among the shared media: they sign, or turn their heads when told to. */
const SILENT_VIDEOS = [
  "book.mkv",
  "hungry.mkv",
  "thanks.mkv",
  "yes.mkv",
  "face-demographics-walking-and-pause.gif",
  "head-pose-face-detection-female.gif",
  "head-pose-face-detection-male.gif",
] as const;

/** What was measured of people's faces. */
interface FacesEval {
  /** By speaker; kept as `tests/eval/idle/people.json`. */
  readonly speakers: Readonly<Record<string, MotionFigures>>;
  readonly videos: Readonly<Record<string, MotionFigures>>;
  /** Correlation of the lips' gap and width with those of the landmarker that made the truth, the mean of clips. */
  readonly agreement: Readonly<Record<string, { readonly gap: number; readonly width: number }>>;
  /** Lines of every clip, for looking. */
  readonly clips: readonly {
    readonly speaker: string;
    readonly clip: string;
    readonly face: TracedFace;
    readonly voice: VoiceTrace;
    readonly speech: MotionClip["speech"];
  }[];
}

async function* imagesOf(file: Blob): AsyncGenerator<RgbaImage> {
  const video = await openVideo(file);
  try {
    for await (const { image } of video.frames()) yield image;
  } finally {
    video.dispose();
  }
}

async function evaluateFaces(context: EvalContext, runtime: Runtime): Promise<FacesEval> {
  const analyser = await createFaceAnalyser(runtime);
  const geometry = readGeometry(await runtime.loadAsset("face-geometry"));
  const clips: FacesEval["clips"][number][] = [];
  const agreed = new Map<string, { gap: number; width: number }[]>();
  for await (const { truth, file, done } of peopleClips(context)) {
    const face = await traceFace(analyser, geometry, imagesOf(file), truth.fps);
    if (!face) continue;
    const { speaker, clip, words } = truth;
    const span = [words[0]?.[1] ?? 0, words.at(-1)?.[2] ?? 0] as const;
    const voice = traceVoice(await soundOf(file), truth.fps, face.yaw.length);
    agreed.set(speaker, [
      ...(agreed.get(speaker) ?? []),
      { gap: correlation(truth.gap, face.mouthGap), width: correlation(truth.width, face.mouthWidth) },
    ]);
    clips.push({ speaker, clip, face, voice, speech: span });
    context.onProgress(0.95 * done);
  }
  const videos: Record<string, MotionFigures> = {};
  for (const name of SILENT_VIDEOS) {
    const file = await context.media(`video/${name}`);
    const video = file && (await openVideo(file));
    video?.dispose();
    const face = file && video && (await traceFace(analyser, geometry, imagesOf(file), video.fps));
    if (!face) continue;
    const still = face.yaw.map(() => 0);
    videos[name] = motionFigures([{ face, voice: { level: still, pitch: still }, speech: [0, 0] }]);
  }
  await analyser.dispose();
  const names = [...new Set(clips.map(({ speaker }) => speaker))].sort();
  return {
    speakers: Object.fromEntries(
      names.map((name) => [name, motionFigures(clips.filter(({ speaker }) => speaker === name))]),
    ),
    videos,
    agreement: Object.fromEntries(
      [...agreed].map(([name, all]) => [
        name,
        { gap: mean(all.map(({ gap }) => gap)), width: mean(all.map(({ width }) => width)) },
      ]),
    ),
    clips,
  };
}

function describeFaces({ speakers, videos, agreement }: FacesEval): string {
  if (Object.keys(speakers).length === 0) return "Left out, because the clips of real faces are not here.";
  return [
    "GRID corpus: clips of 3 s of read commands, so blinks and gaze are those of readers.",
    "",
    motionTable(speakers),
    "",
    "Lips by two landmarkers, r of gap and width: " +
      Object.entries(agreement)
        .map(([name, { gap, width }]) => `${name} ${gap.toFixed(2)} and ${width.toFixed(2)}`)
        .join(", ") +
      ".",
    "",
    "Silent videos: people sign, or turn the head when told to.",
    "",
    motionTable(videos),
  ].join("\n");
}

/** How people's heads, lids, brows and eyes move, by the product's own tracker. */
export const FACES_SECTION: EvalSection = {
  name: "faces",
  title: "How real faces move apart from their mouths",
  async run(context) {
    const runtime = await createRuntime({ backend: "wasm", threads: 1 });
    try {
      const result = await evaluateFaces(context, runtime);
      return { json: result, markdown: describeFaces(result) };
    } finally {
      await runtime.dispose();
    }
  },
};
