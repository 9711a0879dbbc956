import type { MouthPose, MouthTrack } from "../../../src/core/mouth.ts";
import type { AnalysedMouth } from "../../../src/job/analysed-mouth.ts";
import { createRuntime } from "../../../src/inference/runtime.ts";
import { mouthAt } from "../../../src/pipeline/plan/mouth-at.ts";
import { reaching, speakingReach } from "../../../src/pipeline/plan/speaking-reach.ts";
import { personMouths, styledMouth } from "../../../src/pipeline/plan/person-mouths.ts";
import { learnSpeakingStyle, type SpeakingStyle } from "../../../src/pipeline/plan/speaking-style.ts";
import { createHeldOutSpeech, heldOutNote } from "../people/held-out-speech.ts";
import { createFaceAnalyser } from "../../../src/vision/landmarks/face-analyser.ts";
import type { EvalContext, EvalSection } from "../section.ts";
import { readSpeakers } from "./clips.ts";
import { meanOf, mouthBox, readTruth, scoreReal, type RealScore, type RealTruth } from "./scores.ts";
import { createSheet, SHEET_FRAMES } from "./sheet.ts";
import { createRealStage, type RealStage } from "./stage.ts";

type Drive = "opening" | "voice";
type Kind = keyof RealStage["faces"] | "style";
interface Row {
  readonly speaker: string;
  readonly drive: Drive | "cross";
  readonly kind: Kind;
  readonly score: RealScore;
}

/** What the sound says tells something where the voice drives. */
const KINDS: Record<Row["drive"], readonly Kind[]> = {
  opening: ["references", "own"],
  voice: ["references", "own", "words", "style"],
  cross: ["references", "words"],
};
/** Frame with which a sheet begins. */
const SHEET_FROM = 150;

/** A voice's mouths as wide as the speaker opens. */
const saidMouths = ({ images, tracked: { tracks, fps } }: RealStage, voice: MouthTrack): MouthPose[] => {
  const said = images.map((_, frame) => mouthAt(voice, 1, fps, frame));
  const reach = speakingReach(tracks.faces[0]!, said);
  return said.map((mouth) => reaching(mouth, reach));
};

/** Frames of a speaker's video whose style is learned from the rest, and how far the rest is from them, in seconds. */
const TAUGHT_APART = { stretch: 3, margin: 0.5 } as const;

/** The voice's mouths with the lips of the speaker, who was learned from other stretches of the video. */
function ownStyle(
  { tracked: { tracks, fps, starts }, heard, faces }: RealStage,
  said: MouthPose[],
): MouthPose[] {
  const { stretch, margin } = TAUGHT_APART;
  const styles = new Map<number, SpeakingStyle | null>();
  const styleFor = (seconds: number) => {
    const start = Math.floor(seconds / stretch) * stretch;
    const from = (frame: number) =>
      starts[frame]! < start - margin || starts[frame]! > start + stretch + margin;
    if (!styles.has(start)) styles.set(start, learnSpeakingStyle(tracks.faces[0]!, heard, fps, starts, from));
    return styles.get(start)!;
  };
  return said.map((mouth, frame) => {
    const style = styleFor(starts[frame]!);
    if (!style) return mouth;
    return styledMouth(faces.own.lips, mouth, style.lipsAt(heard, starts[frame]!, fps), style.trust);
  });
}

const mouthsOf = (stage: RealStage, truth: RealTruth, drive: Drive): MouthPose[] => {
  const { heard, faces } = stage;
  const said = saidMouths(stage, heard);
  return stage.images.map((_, frame) => {
    const lips = truth.lips[frame];
    if (drive === "voice" || !lips) return said[frame]!;
    return faces.own.lips.plainPose(lips.gap < truth.shutBelow ? 0 : lips.gap, lips.width);
  });
};

/** Another speaker's words on this one's face: `[frames]` mouths. */
const otherMouths = (
  { images, tracked: { tracks, fps, starts }, heard, faces }: RealStage,
  voice: AnalysedMouth,
) =>
  personMouths({
    ...{ track: tracks.faces[0]!, lips: faces.own.lips, fps, voice, spoken: heard, expressiveness: 1 },
    ...{
      said: images.map((_, frame) => mouthAt(voice, 1, fps, frame)),
      instants: starts,
      video: { fps, starts },
    },
  });

const table = (rows: readonly Row[]) => {
  const line = (speaker: string, { drive, kind }: Row, s: RealScore) =>
    `| ${speaker} | ${drive} | ${kind} | ${(1 - s.ssim).toFixed(3)} | ${s.psnr.toFixed(1)} | ${s.openingR.toFixed(2)} | ${s.widthR.toFixed(2)} | ${s.shut.toFixed(2)} | ${s.sharpness.toFixed(2)} | ${s.streaks.toFixed(3)} (${s.streaksFloor.toFixed(3)}) | ${(100 * s.jitter).toFixed(2)} (${(100 * s.jitterFloor).toFixed(2)}) | ${(1 - s.worst.ssim).toFixed(2)} at ${s.worst.frame} |`;
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.drive} ${row.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const means = [...groups.values()].map((group) => {
    const mean = (key: Exclude<keyof RealScore, "worst">) => meanOf(group.map(({ score }) => score[key]));
    const keys = Object.keys(group[0]!.score).filter((key) => key !== "worst") as never[];
    const worst = group.map(({ score }) => score.worst).sort((a, b) => a.ssim - b.ssim)[0]!;
    const all = Object.fromEntries(keys.map((key) => [key, mean(key)]));
    return line("**mean**", group[0]!, { ...all, worst } as unknown as RealScore);
  });
  return [
    "| Speaker | Driven by | Drawn from | 1 − SSIM | PSNR, dB | Opening r | Width r | Shut shown shut | Sharpness | Lip-line streaks (truth) | Jitter at rest, % (truth) | Worst, 1 − SSIM at frame |",
    "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ...means,
    ...rows.map((row) => line(row.speaker, row, row.score)),
  ].join("\n");
};

async function run(context: EvalContext) {
  const speakers = await readSpeakers(context);
  if (speakers.length === 0) return { json: null, markdown: "Left out: the shared voices are absent." };
  const runtime = await createRuntime({ backend: "wasm", threads: 1 });
  try {
    const analyser = await createFaceAnalyser(runtime);
    const speech = await createHeldOutSpeech(context, runtime);
    const rows: Row[] = [];
    let before: { readonly stage: RealStage; readonly truth: RealTruth } | undefined;
    for (const [done, speaker] of speakers.entries()) {
      const stage = await createRealStage(speaker, analyser, await speech.forSpeaker(speaker.name));
      const truth = readTruth(stage);
      for (const drive of ["opening", "voice"] as const) {
        const usual = mouthsOf(stage, truth, drive);
        for (const kind of KINDS[drive]) {
          const mouths = kind === "style" ? ownStyle(stage, usual) : usual;
          const sheet = createSheet();
          const score = await scoreReal(
            stage,
            truth,
            stage.faces[kind === "style" ? "words" : kind],
            mouths,
            analyser,
            truth.lips,
            (frame) => frame >= SHEET_FROM && frame < SHEET_FROM + SHEET_FRAMES,
            (frame, image) =>
              sheet.add(frame, stage.images[frame]!, image, mouthBox(truth.landmarks[frame]!)),
          );
          rows.push({ speaker: speaker.name, drive, kind, score });
          await context.savePicture(`video-real-${speaker.name}-${drive}-${kind}.png`, await sheet.finish());
        }
        context.onProgress((done + (drive === "opening" ? 0.5 : 0.9)) / speakers.length);
      }
      if (before) {
        const mouths = otherMouths(stage, before.stage.heard);
        for (const kind of KINDS.cross) {
          const face = stage.faces[kind as keyof RealStage["faces"]];
          const score = await scoreReal(stage, truth, face, mouths, analyser, before.truth.lips);
          rows.push({ speaker: speaker.name, drive: "cross", kind, score });
        }
      }
      before = { stage, truth };
      context.onProgress((done + 1) / speakers.length);
    }
    return { json: rows, markdown: `${INTRODUCTION} ${heldOutNote(speech.seen)}\n\n${table(rows)}` };
  } finally {
    await runtime.dispose();
  }
}

const INTRODUCTION = [
  "Ten clips of each of seven speakers (GRID corpus, 360 × 288) joined to 30 s and given their own sound (*voice*), or",
  "mouths with the gap and width that landmarks find in the true frames (*opening*), compared with the true frames in a",
  "square of 1.6 mouth widths. *cross*: another speaker's words; only opening r, width r and shut (against that speaker's",
  "lips) and streaks say something there. Frames within 0.5 s of the one drawn lend nothing to it. *references*: as without own frames.",
  "A third of the frames, three on end, are measured. Shut: gap below 15 % of the speaker's 95th percentile.",
].join("\n");

/** How like real speakers their own mouths look when they are drawn anew. */
export const VIDEO_REAL_SECTION: EvalSection = {
  name: "video-real",
  title: "Real speakers, their own mouths",
  run,
};
