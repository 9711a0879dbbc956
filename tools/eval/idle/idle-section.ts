import people from "../../../tests/eval/idle/people.json";
import { createImage, type RgbaImage } from "../../../src/core/image.ts";
import type { MouthTrack } from "../../../src/core/mouth.ts";
import { createRuntime, type Runtime } from "../../../src/inference/runtime.ts";
import { NATURAL_STYLE } from "../../../src/job/prompt-style.ts";
import { openVideo } from "../../../src/media/demux/open-video.ts";
import { mouthAt } from "../../../src/pipeline/plan/mouth-at.ts";
import { loadRig } from "../../../src/render/face-rig/rig.ts";
import { createIdleMotion } from "../../../src/render/idle-motion/idle-motion.ts";
import { copySource, preparePortrait } from "../../../src/render/portrait/portrait.ts";
import { createSpeechModel } from "../../../src/speech/model/speech-model.ts";
import { createFaceAnalyser } from "../../../src/vision/landmarks/face-analyser.ts";
import { readGeometry } from "../../../src/vision/landmarks/geometry.ts";
import { peopleClips, soundOf } from "../people/people-clips.ts";
import type { EvalContext, EvalSection } from "../section.ts";
import { traceFace, type FaceTrace } from "./face-trace.ts";
import { motionFigures, type MotionClip, type MotionFigures } from "./motion-figures.ts";
import { spreadTable } from "./motion-table.ts";
import { traceOurs } from "./our-trace.ts";
import { traceVoice } from "./voice-trace.ts";

/** Every so many clips the speaker's own first frame is drawn and followed, too. */
const DRAWN_EVERY = 6;

interface IdleEval {
  /** Of all clips, as it was asked for. */
  readonly asked: MotionFigures | null;
  /** Of some clips: as it was asked for, and as the tracker that measured the people sees it in our pictures. */
  readonly askedOfShown: MotionFigures | null;
  readonly shown: MotionFigures | null;
}

async function firstFrame(file: Blob): Promise<RgbaImage | undefined> {
  const video = await openVideo(file);
  try {
    for await (const { image } of video.frames({ fromSeconds: 0, toSeconds: 0.01 })) return image;
    return undefined;
  } finally {
    video.dispose();
  }
}

const figuresOf = (clips: readonly MotionClip[]) => (clips.length === 0 ? null : motionFigures(clips));

async function evaluateIdle(context: EvalContext, runtime: Runtime): Promise<IdleEval> {
  const analyser = await createFaceAnalyser(runtime);
  const [rigBytes, geometryBytes] = await Promise.all([
    runtime.loadAsset("rig"),
    runtime.loadAsset("face-geometry"),
  ]);
  const geometry = readGeometry(geometryBytes);
  const rig = loadRig(rigBytes, geometryBytes);
  const speech = await createSpeechModel(runtime);

  /** A picture, animated as a job does it. */
  async function* drawn(picture: RgbaImage, track: MouthTrack, seed: number, fps: number, frames: number) {
    const [found] = await analyser.analyse(picture);
    if (!found) return;
    const portrait = preparePortrait({ image: picture, landmarks: found.landmarks, rig });
    const idle = createIdleMotion(track, frames / fps, seed, NATURAL_STYLE);
    for (let frame = 0; frame < frames; frame++) {
      const out = createImage(picture.width, picture.height);
      copySource(picture, out);
      portrait.render({ ...idle.at(frame / fps), mouth: mouthAt(track, 1, fps, frame) }, out);
      yield out;
    }
  }

  const asked: MotionClip[] = [];
  const askedOfShown: MotionClip[] = [];
  const shown: MotionClip[] = [];
  for await (const { truth, file, done } of peopleClips(context)) {
    const { fps, words } = truth;
    const frames = truth.gap.length;
    const pcm = await soundOf(file);
    const track = await speech.mouthOf(pcm);
    const seed = asked.length + 1;
    const voice = traceVoice(pcm, fps, frames);
    const clip = (face: FaceTrace): MotionClip => ({
      face,
      voice,
      speech: [words[0]?.[1] ?? 0, words.at(-1)?.[2] ?? 0],
    });
    const ours = clip(traceOurs(track, seed, fps, frames));
    asked.push(ours);
    const picture = seed % DRAWN_EVERY === 1 ? await firstFrame(file) : undefined;
    const seen =
      picture && (await traceFace(analyser, geometry, drawn(picture, track, seed, fps, frames), fps));
    if (seen) {
      askedOfShown.push(ours);
      shown.push(clip(seen));
    }
    context.onProgress(done);
  }
  await analyser.dispose();
  return { asked: figuresOf(asked), askedOfShown: figuresOf(askedOfShown), shown: figuresOf(shown) };
}

/** Our idle motion beside people's. */
export const IDLE_SECTION: EvalSection = {
  name: "idle",
  title: "Idle motion beside people's",
  async run(context) {
    const runtime = await createRuntime({ backend: "wasm", threads: 1 });
    try {
      const result = await evaluateIdle(context, runtime);
      const { asked, askedOfShown, shown } = result;
      const markdown =
        asked && askedOfShown && shown
          ? spreadTable(people.speakers, { shown, "asked, same clips": askedOfShown, "asked, all": asked })
          : "Left out, because the clips of real faces are not here.";
      return { json: result, markdown };
    } finally {
      await runtime.dispose();
    }
  },
};
