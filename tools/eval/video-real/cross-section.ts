import { createEngine } from "../../../src/engine/engine.ts";
import { createRuntime } from "../../../src/inference/runtime.ts";
import { openVideo } from "../../../src/media/demux/open-video.ts";
import { createFaceAnalyser, type FaceAnalyser } from "../../../src/vision/landmarks/face-analyser.ts";
import type { EvalContext, EvalReport, EvalSection } from "../section.ts";
import { readSpeakers } from "./clips.ts";
import { mouthBox } from "./scores.ts";
import { createSheet, SHEET_FRAMES } from "./sheet.ts";

/** Clips of 3 s that make a speaker's video, and those of the one long video. */
const CLIPS = 3;
const LONG = { speaker: "s2", clips: 10 } as const;
/** Real people of the shared media, who sign or look; they get speakers' words. */
const OTHERS = ["hungry.mkv", "book.mkv"] as const;
/** Frame of a speaker's video with which the sheet begins; that of a clip of a second begins at once. */
const FROM = 60;
const SHORT_SECONDS = 5;

/** A video, and whose words it is to say. */
interface Dub {
  readonly name: string;
  readonly video: File;
  readonly voice: File;
}

async function readDubs(context: EvalContext): Promise<Dub[]> {
  const speakers = await readSpeakers(context, (name) => (name === LONG.speaker ? LONG.clips : CLIPS));
  const next = (index: number) => speakers[index % speakers.length]!;
  const own = speakers.map((speaker, i): Dub => ({
    name: `${speaker.name}-${next(i + 1).name}`,
    video: speaker.video,
    voice: next(i + 1).video,
  }));
  if (speakers.length === 0) return [];
  const others = await Promise.all(OTHERS.map((name) => context.media(`video/${name}`)));
  return [
    ...own,
    ...others.flatMap((video, i): Dub[] => {
      const voice = next(i);
      return video
        ? [{ name: `${video.name.replace(/\.\w+$/, "")}-${voice.name}`, video, voice: voice.video }]
        : [];
    }),
  ];
}

/** Mouths of the original above those of the result, at the same instants of both, as far as the original goes. */
async function sheetOf(analyser: FaceAnalyser, original: Blob, result: Blob): Promise<Blob> {
  const [before, after] = [await openVideo(original), await openVideo(result)];
  const sheet = createSheet();
  try {
    const size = { width: after.width, height: after.height };
    const from = before.durationSeconds < SHORT_SECONDS ? 0 : FROM;
    const results = after.frames(size)[Symbol.asyncIterator]();
    let frame = 0;
    for await (const { image } of before.frames(size)) {
      const { value, done } = await results.next();
      if (done || frame >= from + SHEET_FRAMES) break;
      if (frame >= from) {
        const [found] = await analyser.analyse(image);
        if (found) sheet.add(frame, image, value.image, mouthBox(found.landmarks));
      }
      frame++;
    }
    return await sheet.finish();
  } finally {
    before.dispose();
    after.dispose();
  }
}

async function run(context: EvalContext): Promise<EvalReport> {
  const dubs = await readDubs(context);
  if (dubs.length === 0) return { json: null, markdown: "Left out: the shared voices are absent." };
  const runtime = await createRuntime({ backend: "wasm", threads: 1 });
  const engine = createEngine();
  const lines: string[] = [];
  try {
    const analyser = await createFaceAnalyser(runtime);
    for (const [index, { name, video, voice }] of dubs.entries()) {
      const { output, report } = await engine.run({
        model: "lipsync-video",
        formState: { video, audio: voice },
        backend: "wasm",
      });
      await context.keep?.(`video-cross-${name}.mp4`, output);
      await context.savePicture(`video-cross-${name}.png`, await sheetOf(analyser, video, output));
      lines.push(`| ${name} | ${report.frames} | ${report.mouthWidthPx.toFixed(0)} |`);
      context.onProgress((index + 1) / dubs.length);
    }
  } finally {
    engine.dispose();
    await runtime.dispose();
  }
  return { json: dubs.map(({ name }) => name), markdown: [INTRODUCTION, "", ...HEAD, ...lines].join("\n") };
}

const INTRODUCTION = [
  "Finished files of whole jobs: the first speaker's video with the second one's words. `video-cross-NAME.png` shows the",
  "original above the result, `--sheet FOLDER` keeps the films. The shipped weights know these speakers: for eyes only.",
].join("\n");
const HEAD = ["| Video and words | Frames | Mouth's width, pixels |", "|---|---|---|"];

/** Real people with other people's words, for eyes. */
export const VIDEO_CROSS_SECTION: EvalSection = {
  name: "video-cross",
  title: "Real people with other people's words",
  run,
};
