import { execFileSync } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PROJECT_ROOT } from "../../src/headless/app-build.ts";
import type * as EngineHosts from "../../src/headless/engine-host.ts";
import { createEngineHost, type HostRequest } from "../../src/headless/engine-host.ts";
import { machineFacts, type MachineFacts } from "./machine.ts";
import { runStaged, type StagedRun } from "./stages.ts";

/** Runs of one kind of job by two builds, in turn. */
interface Comparison {
  readonly kind: string;
  readonly here: readonly StagedRun[];
  readonly there: readonly StagedRun[];
  /** Medians of the rounds: how many times as fast this build is, and as sparing with processor time. */
  readonly faster: number;
  readonly sparing: number;
  /** Whether both drew the same frames. */
  readonly sameFrames: boolean;
}

/** What comparing two builds found. */
export interface AgainstBench {
  readonly machine: MachineFacts;
  readonly against: string;
  readonly comparisons: readonly Comparison[];
}

const FIXTURES = join(PROJECT_ROOT, "tests", "fixtures");
/** Bytes a second of the bundled voice, whose frames can be cut anywhere. */
const VOICE_BYTES = 6000;
const HEVC_SECONDS = 6;

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;

/**
 * A video as telephones record it: HEVC, 1080 × 1920, 30 frames/s, a key frame a second, some noise. By the machine's own ffmpeg, which is not
 * part of the project; undefined where there is none with x265.
 */
function telephoneClip(head: string, folder: string): string | undefined {
  const path = join(folder, "telephone.mp4");
  const filters = "crop=506:900,scale=1080:1920:flags=lanczos,fps=30,noise=alls=5:allf=t,format=yuv420p";
  const encoder = ["-c:v", "libx265", "-preset", "veryfast", "-b:v", "8M", "-tag:v", "hvc1"];
  try {
    const args = ["-v", "error", "-y", "-i", head, "-t", String(HEVC_SECONDS), "-vf", filters, "-an"];
    execFileSync("ffmpeg", [...args, ...encoder, "-x265-params", "log-level=error:keyint=30", path]);
    return path;
  } catch {
    console.error("bench: no ffmpeg with x265 on this machine, so HEVC is left out");
    return undefined;
  }
}

async function beginningOf(path: string, bytes: number, target: string): Promise<string> {
  const [source, output] = [await open(path), await open(target, "w")];
  const { buffer, bytesRead } = await source.read(Buffer.alloc(bytes), 0, bytes, 0);
  await output.write(buffer, 0, bytesRead);
  await Promise.all([source.close(), output.close()]);
  return target;
}

/**
 * Runs jobs of several kinds in this build and in another one in turn, in one process.
 * @param there folder of the other build's sources. @param rounds after one that warms both up.
 */
export async function compareBuilds(there: string, against: string, rounds: number): Promise<AgainstBench> {
  const folder = await mkdtemp(join(tmpdir(), "dudak-bench-"));
  const other = (await import(
    pathToFileURL(join(there, "src", "headless", "engine-host.ts")).href
  )) as typeof EngineHosts;
  const hosts = [await createEngineHost(), await other.createEngineHost()] as const;
  try {
    const voice = join(FIXTURES, "voice.mp3");
    const shortVoice = await beginningOf(voice, HEVC_SECONDS * VOICE_BYTES, join(folder, "short.mp3"));
    const common = { backend: "wasm", outputPath: join(folder, "out.mp4") } as const;
    const portrait = (resolution: "480p" | "720p", outputPath = common.outputPath): HostRequest => {
      const formState = {
        image: { path: join(FIXTURES, "portrait.jpg") },
        audio: { path: voice },
        seed: 1,
        resolution,
      };
      return { ...common, model: "lipsync-image", formState, outputPath };
    };
    const dub = (path: string, audio: string): HostRequest => {
      const formState = { video: { path }, audio: { path: audio }, resolution: "480p", seed: 1 } as const;
      return { ...common, model: "lipsync-video", formState };
    };
    const head = join(folder, "head.mp4");
    await hosts[0].run(portrait("720p", head));
    const telephone = telephoneClip(head, folder);
    const kinds: readonly (readonly [string, HostRequest])[] = [
      ["portrait, 480p", portrait("480p")],
      ["video, 720 × 900 to 480p", dub(head, voice)],
      ...(telephone ? ([["HEVC by ffmpeg, 1080 × 1920 to 480p", dub(telephone, shortVoice)]] as const) : []),
    ];
    const comparisons: Comparison[] = [];
    for (const [kind, request] of kinds) {
      const runs: [StagedRun[], StagedRun[]] = [[], []];
      for (let round = 0; round <= rounds; round++) {
        for (const [i, host] of hosts.entries()) {
          const run = await runStaged(host, request);
          if (round > 0) runs[i]!.push(run);
        }
      }
      const [here, theirs] = runs;
      const ratio = (of: (run: StagedRun) => number) =>
        median(here.map((run, i) => of(theirs[i]!) / of(run)));
      comparisons.push({
        kind,
        here,
        there: theirs,
        faster: ratio(({ totalMs }) => totalMs),
        sparing: ratio((run) => run.processorMs),
        sameFrames: here.every(({ framesSha256 }, i) => framesSha256 === theirs[i]!.framesSha256),
      });
    }
    const version = (await hosts[0].page()).context().browser()!.version();
    return { machine: machineFacts(`Chromium ${version}`), against, comparisons };
  } finally {
    for (const host of hosts) await host.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The run whose length is the median. */
export function middleRun(runs: readonly StagedRun[]): StagedRun {
  return runs.find(({ totalMs }) => totalMs === median(runs.map((run) => run.totalMs)))!;
}

/** The comparison as lines of text. */
export function describeAgainst({ machine, against, comparisons }: AgainstBench): string[] {
  const told = ({ totalMs, processorMs, frames, longestTaskMs }: StagedRun) =>
    `${Math.round(totalMs)} ms, ${(processorMs / frames).toFixed(1)} ms of processor time a frame, ` +
    `longest task of the page ${longestTaskMs > 0 ? Math.round(longestTaskMs) : "< 50"} ms`;
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.browser}, revision ${machine.revision} against ${against}`,
    ...comparisons.flatMap(({ kind, here, there, faster, sparing, sameFrames }) => [
      `${kind}: ${faster.toFixed(2)} × as fast, 1/${sparing.toFixed(2)} of the processor time, ` +
        `${sameFrames ? "the same frames" : "OTHER FRAMES"} (medians of ${here.length})`,
      `  this:  ${told(middleRun(here))}`,
      `  other: ${told(middleRun(there))}`,
    ]),
  ];
}
