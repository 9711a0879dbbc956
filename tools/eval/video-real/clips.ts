import { FfmpegCore, inputPath } from "../../../src/media/ffmpeg/ffmpeg.ts";
import type { EvalContext } from "../section.ts";

/** Several clips of one speaker, one after the other, as one video. */
export interface Speaker {
  readonly name: string;
  readonly video: File;
}

/** Clips of 3 s that make a speaker's video. */
const CLIPS = 10;
/** Nearly lossless, so that what is measured is the drawing. */
const ENCODER = ["-c:v", "libx264", "-crf", "8", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac"];

/** Names of the clips of the GRID corpus by speaker; none where the shared voices are absent. */
async function clipsBySpeaker(context: EvalContext): Promise<ReadonlyMap<string, readonly string[]>> {
  const clips = new Map<string, string[]>();
  const list = await context.voices("grid/SOURCES.tsv");
  if (!list) return clips;
  const rows = (await list.text()).split("\n").map((line) => line.split("\t"));
  for (const [speaker, clip] of rows.slice(1)) {
    if (speaker && clip) clips.set(speaker, [...(clips.get(speaker) ?? []), clip]);
  }
  for (const names of clips.values()) names.sort();
  return clips;
}

/** Joins clips of one speaker with ffmpeg. */
async function joinClips(
  core: FfmpegCore,
  context: EvalContext,
  name: string,
  clips: readonly string[],
): Promise<Speaker> {
  const files = await Promise.all(clips.map((clip) => context.voices(`grid/${name}/${clip}.mpg`)));
  const inputs = await Promise.all(
    files
      .filter((file) => file !== undefined)
      .map(async (file) => ({ name: file.name, data: new Uint8Array(await file.arrayBuffer()) })),
  );
  const streams = inputs.map((_, i) => `[${i}:v:0][${i}:a:0]`).join("");
  const {
    exitCode,
    files: made,
    log,
  } = await core.run({
    args: [
      ...inputs.flatMap((input) => ["-i", inputPath(input)]),
      ...[
        "-filter_complex",
        `${streams}concat=n=${inputs.length}:v=1:a=1[v][a]`,
        "-map",
        "[v]",
        "-map",
        "[a]",
      ],
      ...["-r", "25", ...ENCODER, "/joined.mp4"],
    ],
    inputs,
    outputs: ["/joined.mp4"],
  });
  const joined = made["/joined.mp4"];
  if (exitCode !== 0 || !joined) throw new Error(`ffmpeg: ${log.slice(-3).join(" ")}`);
  return { name, video: new File([joined], `${name}.mp4`, { type: "video/mp4" }) };
}

/**
 * Joins the first clips of each speaker of the GRID corpus; empty where the shared voices are absent.
 * @param count clips of 3 s that make a speaker's video.
 */
export async function readSpeakers(
  context: EvalContext,
  count: (speaker: string) => number = () => CLIPS,
): Promise<Speaker[]> {
  const clips = await clipsBySpeaker(context);
  if (clips.size === 0) return [];
  const core = await FfmpegCore.start();
  const speakers: Speaker[] = [];
  try {
    for (const [name, names] of clips) {
      speakers.push(await joinClips(core, context, name, names.slice(0, count(name))));
    }
  } finally {
    core.terminate();
  }
  return speakers;
}
