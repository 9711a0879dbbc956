import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Frames of a clip on the sheet, and the seconds between which they lie. */
const SHOWN = { count: 14, from: 0.5, to: 2.2 } as const;
const HEIGHT = 288;
const CELL = 120;

/** A clip of which our frames lie in the folder as `<name>-%03d.jpg`. */
interface FilmedClip {
  readonly speaker: string;
  readonly clip: string;
  readonly fps: number;
  readonly r: number;
}

const ffmpeg = (...args: string[]) => run("ffmpeg", ["-v", "error", "-y", ...args]);

/**
 * Puts real faces beside ours with the same sound: `people.mp4`, and `people.png` with two rows for each clip, theirs
 * above ours. Needs ffmpeg on the path.
 */
export async function composeSheet(folder: string, shared: string, people: unknown): Promise<void> {
  const clips = (people as { filmed?: readonly FilmedClip[] } | undefined)?.filmed ?? [];
  if (clips.length === 0) throw new Error("there are no clips of real faces to put on a sheet");
  const parts: string[] = [];
  const names = clips.map(({ speaker, clip }) => `${speaker}_${clip}`);
  for (const { speaker, clip, fps, r } of clips) {
    const name = `${speaker}_${clip}`;
    const label = `${speaker} ${clip}  r ${r.toFixed(2)}`;
    const source = join(shared, "voices", "grid", speaker, `${clip}.mpg`);
    const ours = ["-framerate", String(fps), "-i", join(folder, `${name}-%03d.jpg`)];
    const beside =
      `[0:v]scale=-2:${HEIGHT},setsar=1[a];[1:v]scale=-2:${HEIGHT},setsar=1[b];[a][b]hstack=shortest=1,` +
      `drawtext=text='${label}':x=6:y=6:fontsize=16:fontcolor=white:box=1:boxcolor=black@0.5,pad=ceil(iw/2)*2:ceil(ih/2)*2[v]`;
    const part = join(folder, `${name}.mp4`);
    const encode = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "20", "-c:a", "aac", "-ar", "44100"];
    await ffmpeg(
      "-i",
      source,
      ...ours,
      "-filter_complex",
      beside,
      "-map",
      "[v]",
      "-map",
      "0:a",
      ...encode,
      part,
    );
    parts.push(part);
    const step = (SHOWN.to - SHOWN.from) / (SHOWN.count - 1);
    const pick = `select='between(t,${SHOWN.from},${SHOWN.to}+0.01)',fps=${1 / step}`;
    // Around either mouth: GRID's faces sit lower in their pictures, and not all at one place.
    const tile = `scale=${CELL}:${CELL},tile=${SHOWN.count}x1`;
    await ffmpeg(
      "-i",
      source,
      ...ours,
      "-filter_complex",
      `[0:v]${pick},crop=iw*0.32:iw*0.32:iw*0.34:ih*0.52,${tile}[a];[1:v]${pick},crop=iw*0.3:iw*0.3:iw*0.35:ih*0.47,${tile}[b];` +
        `[a][b]vstack[v]`,
      "-map",
      "[v]",
      "-frames:v",
      "1",
      join(folder, `${name}.png`),
    );
  }
  const list = join(folder, "parts.txt");
  await writeFile(list, parts.map((part) => `file '${part}'\n`).join(""));
  await ffmpeg("-f", "concat", "-safe", "0", "-i", list, "-c", "copy", join(folder, "people.mp4"));
  const inputs = names.flatMap((name) => ["-i", join(folder, `${name}.png`)]);
  const stack = `${clips.map((_, i) => `[${i}:v]`).join("")}vstack=inputs=${clips.length}`;
  await ffmpeg(...inputs, "-filter_complex", stack, "-frames:v", "1", join(folder, "people.png"));
}
