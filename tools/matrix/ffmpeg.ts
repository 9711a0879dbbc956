import { spawnSync } from "node:child_process";

/** Runs the machine's own ffmpeg. @returns what it writes to its standard output. @throws Error with its words. */
export function ffmpeg(args: readonly string[]): Buffer {
  const run = spawnSync("ffmpeg", ["-v", "error", "-nostdin", "-y", ...args], { maxBuffer: 1 << 30 });
  if (run.error) throw run.error;
  if (run.status !== 0) throw new Error(`ffmpeg ${args.join(" ")}: ${run.stderr.toString()}`);
  return run.stdout;
}

/** Runs the machine's own ffprobe over a file. @returns the JSON that it answers, and its words about faults. */
export function ffprobe(args: readonly string[], path: string): { answer: unknown; said: string } {
  const run = spawnSync("ffprobe", ["-v", "error", ...args, "-of", "json", path], { maxBuffer: 1 << 28 });
  if (run.error) throw run.error;
  return { answer: JSON.parse(run.stdout.toString() || "{}"), said: run.stderr.toString() };
}

/** Whether both are there. */
export function hasFfmpeg(): boolean {
  return ["ffmpeg", "ffprobe"].every((name) => spawnSync(name, ["-version"]).status === 0);
}
