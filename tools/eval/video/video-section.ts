import { createEngine } from "../../../src/engine/engine.ts";
import { createFaceAnalyser } from "../../../src/vision/landmarks/face-analyser.ts";
import { createRuntime } from "../../../src/inference/runtime.ts";
import { createSpeechModel } from "../../../src/speech/model/speech-model.ts";
import type { EvalContext, EvalSection } from "../section.ts";
import { scoreGap, type GapScore } from "./video-gap.ts";
import {
  lookAtHead,
  meanOf,
  scoreSilence,
  scoreVoice,
  type Following,
  type SilenceScore,
  type VoiceScore,
} from "./video-scores.ts";
import { createStage } from "./video-stage.ts";
import { readVoices } from "./video-voices.ts";

const SHARED_HEAD = "video/synth_talk_front_25fps.mp4";
const OWN_HEAD = "tests/fixtures/video/talk.mp4";
/** Turns away and leaves the picture twice. */
const LEAVING_HEAD = "video/synth_talk_turns_and_leaves_30fps.mp4";

async function headOf(context: EvalContext): Promise<{ head: File; name: string }> {
  const shared = await context.media(SHARED_HEAD);
  const head = shared ?? (await context.file(OWN_HEAD));
  if (!head) throw new Error(`${OWN_HEAD} is missing`);
  return { head, name: shared ? SHARED_HEAD : OWN_HEAD };
}

const percent = (value: number) => (100 * value).toFixed(2);
const r = (value: number) => value.toFixed(2);
const following = ({ heard, drawn, newVoice }: Following) => `${r(heard)} | ${r(drawn)} | ${r(newVoice)}`;

function describe(
  name: string,
  scores: readonly VoiceScore[],
  silence: SilenceScore,
  gap: GapScore | null,
): string {
  const clips = scores.flatMap((score) => score.clips);
  const mean = (of: readonly Following[], key: keyof Following) => meanOf(of.map((item) => item[key]));
  const all = (of: readonly Following[]) =>
    following({ heard: mean(of, "heard"), drawn: mean(of, "drawn"), newVoice: mean(of, "newVoice") });
  return [
    `On \`${name}\`, whose mouth says something else. Gaps between the lips are measured by following the result's face`,
    "anew. r: correlation over the frames of what the speech model heard with the exact aperture (the drawing can be no",
    "better), of the seen gap with what was heard (the drawing's and the measuring landmarks' part), of the seen gap with",
    "the exact aperture.",
    "",
    "| Voice | Frames | r heard | r drawn | r seen with the new voice | r with the old mouth beyond that | Lag at start / end, ms |",
    "|---|---|---|---|---|---|---|",
    ...scores.map(
      (s) =>
        `| ${s.voice} | ${s.frames} | ${following(s)} | ${r(s.oldVoice)} | ${(1000 * s.lagStart).toFixed(0)} / ${(1000 * s.lagEnd).toFixed(0)} |`,
    ),
    `| mean | | ${all(scores)} | | |`,
    "",
    "| Voice | Lip points, heard against exact, % of the eyes' distance | found against drawn, % | Sharpness under the lips / source | Gradient around the mouth / source | PSNR of the luminance away from the face, dB | Seconds per second |",
    "|---|---|---|---|---|---|---|",
    ...scores.map(
      (s) =>
        `| ${s.voice} | ${percent(s.pointsHeard)} | ${percent(s.pointsFound)} | ${r(s.sharpness)} | ${r(s.seam)} | ${s.psnrOutside.toFixed(1)} | ${r(s.secondsPerSecond)} |`,
    ),
    "",
    "Lip points heard against exact: the 40 vertices of the lips as drawn, and as they would be drawn with the exact",
    `aperture. Found against drawn holds the landmarker's own error: ${percent(silence.pointsFound)} % on shut lips, more on open`,
    "ones, whose inner edges it sees too far apart (up to 1.6 times the gap).",
    "",
    "| Clip | r heard | r drawn | r seen with the new voice |",
    "|---|---|---|---|",
    ...clips.map((clip) => `| ${clip.clip} | ${following(clip)} |`),
    `| mean | ${all(clips)} |`,
    "",
    `Silent voice: gap ${silence.gapMean.toFixed(3)} ± ${silence.gapSpread.toFixed(3)}. Jitter (root mean square of second differences) in % of`,
    `the eyes' distance: the lips against the nose by the picture's own light ${percent(silence.shakeDrawn)} as drawn, ${percent(silence.shake)} as encoded`,
    `(one half of the nose against the other, ${percent(silence.shakeFloor)}); by landmarks ${percent(silence.jitter)} (the nose against the eyes, ${percent(silence.jitterFloor)}).`,
    "In brackets what is on one bone: the measure's floor.",
    ...(gap
      ? [
          "",
          `Frames without a usable face on \`${LEAVING_HEAD}\`: ${gap.faceless} of ${gap.frames}; before encoding ${gap.untouched} of them are the source's,`,
          `byte for byte; the job reports ${gap.reported}; in the finished file their luminance agrees to at least ${gap.leastPsnr.toFixed(1)} dB.`,
        ]
      : []),
  ].join("\n");
}

/** How well a video's mouth follows a new voice and forgets the old one. */
export const VIDEO_SECTION: EvalSection = {
  name: "video",
  title: "Videos with a new voice",
  async run(context) {
    const { head, name } = await headOf(context);
    const leaving = await context.media(LEAVING_HEAD);
    const runtime = await createRuntime({ backend: "wasm", threads: 1 });
    const engine = createEngine();
    try {
      const analyser = await createFaceAnalyser(runtime);
      const speech = await createSpeechModel(runtime);
      const voices = await readVoices(context);
      const steps = voices.length + 3;
      const stage = await createStage(head, analyser);
      const source = await lookAtHead(head, analyser, stage);
      context.onProgress(1 / steps);
      const scores: VoiceScore[] = [];
      for (const voice of voices) {
        const heard = await speech.mouthOf(voice.pcm);
        scores.push(await scoreVoice(engine, analyser, head, stage, source, voice, heard));
        context.onProgress((scores.length + 1) / steps);
      }
      const silence = await scoreSilence(engine, analyser, head, stage, source);
      context.onProgress((voices.length + 2) / steps);
      const longest = voices.reduce((a, b) => (b.pcm.length > a.pcm.length ? b : a));
      const gap = leaving ? await scoreGap(engine, analyser, leaving, longest.file) : null;
      context.onProgress(1);
      return {
        json: { head: name, scores, silence, gap },
        markdown: describe(name, scores, silence, gap),
      };
    } finally {
      engine.dispose();
      await runtime.dispose();
    }
  },
};
