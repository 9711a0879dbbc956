import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseRenderOptions } from "../../../src/cli/render-options.ts";
import { createEngineHost, type EngineHost } from "../../../src/headless/engine-host.ts";
import { PROJECT_ROOT } from "../../../src/headless/app-build.ts";
import { failureJson } from "../../../src/headless/exit-codes.ts";
import { toEngineError } from "../../../src/job/errors.ts";
import { ffmpeg } from "../ffmpeg.ts";
import { matrixAddress, openMatrixPage } from "../matrix-page.ts";
import { mouthFigures, type MouthFigures } from "./mouth-figures.ts";
import { pictureFigures, type PictureFigures } from "./picture-figures.ts";
import type { ResultCase } from "./result-cases.ts";
import { loudness, soundFigures, soundOf, type SoundFigures } from "./sound-figures.ts";

/** What came of a case. */
export interface ResultOutcome {
  readonly given: ResultCase;
  /** Code of the error; absent where a video was made. */
  readonly error?: string;
  /** Codes of the warnings. */
  readonly told: readonly string[];
  readonly sound?: SoundFigures;
  readonly picture?: PictureFigures;
  readonly mouth?: MouthFigures;
  /** How long the job took. */
  readonly tookSeconds: number;
}

interface Answer {
  readonly errorCode?: string;
  readonly warnings: readonly { readonly code: string }[];
  readonly report: {
    readonly width: number;
    readonly height: number;
    readonly faces: readonly { x: number; y: number; width: number; height: number; animated: boolean }[];
  };
}

type Render = (argv: readonly string[], softwareGpu: boolean) => Promise<Answer>;

/** `dudak render`, its browser kept from one case to the next. */
function ownRender(): { render: Render; close(): Promise<void> } {
  const hosts = new Map<boolean, Promise<EngineHost>>();
  return {
    async render(argv, softwareGpu) {
      const host = hosts.get(softwareGpu) ?? createEngineHost({ softwareGpu });
      hosts.set(softwareGpu, host);
      try {
        const { result } = await (await host).run(parseRenderOptions(argv)!.request);
        return result;
      } catch (error) {
        return failureJson(toEngineError(error)) as unknown as Answer;
      }
    },
    async close() {
      for (const host of hosts.values()) await (await host).close();
    },
  };
}

/** The same by the command of another tree, for comparison. */
function otherRender(tree: string): Render {
  return (argv) => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [join(tree, "bin/dudak.mjs"), "render", ...argv, "--json"],
      { cwd: tree, encoding: "utf8", maxBuffer: 1 << 28, timeout: 300_000 },
    );
    const line = stdout.trim().split("\n").at(-1) ?? "";
    return Promise.resolve(
      line.startsWith("{") ? (JSON.parse(line) as Answer) : Promise.reject(new Error(stderr)),
    );
  };
}

/** A voice with silence before, between and behind its two parts: 0.7 s, 1.4 s of speech, 0.6 s, 1.0 s of speech, 0.3 s. */
function voiceFor(videos: string, media: string): string {
  const voice = join(videos, "voice.wav");
  const speech = join(media, "audio", "en_jfk_44k_stereo.flac");
  const parts = [
    ["0.3", "1.7", "700"],
    ["3.3", "4.3", "600"],
  ].map(
    ([from, to, wait], i) =>
      `[0:a]atrim=${from}:${to},asetpts=PTS-STARTPTS,afade=d=0.02,adelay=${wait}:all=1,aformat=channel_layouts=mono[p${i}]`,
  );
  const joined = `${parts.join(";")};[p0][p1]concat=n=2:v=0:a=1,apad=pad_dur=0.3`;
  ffmpeg(["-i", speech, "-filter_complex", joined, "-ar", "24000", voice]);
  return voice;
}

/** A voice of a second: the networks' cases run on a GPU that is emulated. */
function shortVoiceFor(videos: string, media: string): string {
  const voice = join(videos, "short-voice.wav");
  const speech = join(media, "audio", "en_jfk_44k_stereo.flac");
  ffmpeg(["-ss", "0.3", "-t", "1", "-i", speech, "-ac", "1", "-ar", "24000", voice]);
  return voice;
}

/** What a case's job is made of: media for the command line, and what the result's pictures are compared with. */
interface Staged {
  readonly argv: readonly string[];
  readonly voice: string;
  readonly source?: { readonly path: string; readonly seen: ResultCase["seen"] };
  /** Whether the faces are to be the source's, too. */
  readonly wholeFace: boolean;
}

/** How the results are made and where they stay. */
export interface ResultsOptions {
  /** Folder of the shared media. */
  readonly media: string;
  /** Where the videos stay; a temporary folder that is removed when absent. */
  readonly keep?: string;
  /** Another tree whose `dudak render` makes them. */
  readonly tree?: string;
  readonly onOutcome?: (outcome: ResultOutcome) => void;
}

/** Makes a video of each case and measures it by the machine's own ffmpeg and the product's face tracker. */
export async function runResults(
  cases: readonly ResultCase[],
  { media, keep, tree, onOutcome }: ResultsOptions,
): Promise<{ outcomes: ResultOutcome[]; browser: string }> {
  const folder = keep ?? mkdtempSync(join(tmpdir(), "dudak-results-"));
  mkdirSync(folder, { recursive: true });
  const own = ownRender();
  const render = tree === undefined ? own.render : otherRender(tree);
  const { page, browser, close } = await openMatrixPage(folder);
  const [pausing, short] = [voiceFor(folder, media), shortVoiceFor(folder, media)];
  const portrait = join(PROJECT_ROOT, "tests/fixtures/portrait.jpg");
  const staged = (given: ResultCase, path: string, made: ReadonlyMap<string, string>): Staged => {
    if (given.role === "voice") return { argv: ["--image", portrait], voice: path, wholeFace: false };
    const source = { path, seen: given.seen };
    if (given.role === "video") return { argv: ["--video", path], voice: pausing, source, wholeFace: false };
    const model = ["--model", path, "--backend", given.backend!, "--accept-model-licence"];
    const other = given.backend === "webgpu" ? made.get(`${given.name} wasm`) : undefined;
    return {
      argv: ["--image", portrait, "--prompt", "still head", ...model],
      voice: short,
      wholeFace: true,
      ...(other === undefined ? {} : { source: { path: other, seen: undefined } }),
    };
  };
  /** Videos by case. */
  const made = new Map<string, string>();
  const outcomes: ResultOutcome[] = [];
  try {
    for (const [index, given] of cases.entries()) {
      const path = join(media, given.name);
      const out = join(folder, `${index}-${basename(given.name)}${given.backend ?? ""}.mp4`);
      const { argv, voice, source, wholeFace } = staged(given, path, made);
      made.set(`${given.name} ${given.backend ?? ""}`, out);
      const started = performance.now();
      const answer = await render(
        [...argv, "--audio", voice, "--seed", "7", "--out", out],
        given.backend === "webgpu",
      );
      const took = { tookSeconds: (performance.now() - started) / 1000 };
      if (answer.errorCode !== undefined) {
        outcomes.push({ given, error: answer.errorCode, told: [], ...took });
      } else {
        const { width, height, faces } = answer.report;
        const shares = faces.map((face) => ({
          animated: face.animated,
          x: face.x / width,
          y: face.y / height,
          width: face.width / width,
          height: face.height / height,
        }));
        const picture = pictureFigures(out, source, wholeFace ? [] : shares);
        const channel = given.role === "voice" ? given.heard : undefined;
        const spoken = soundOf(voice, channel);
        const speaker = shares.find(({ animated }) => animated) ?? shares[0]!;
        const gaps = await page.evaluate(([at, near]) => window.dudakMatrix.mouth(at, near), [
          matrixAddress(out),
          { x: speaker.x + speaker.width / 2, y: speaker.y + speaker.height / 2 },
        ] as const);
        const mouth = mouthFigures(gaps, loudness(spoken, picture.fps, picture.frames), picture.fps);
        outcomes.push({
          given,
          told: answer.warnings.map(({ code }) => code),
          sound: soundFigures(spoken, soundOf(out, channel)),
          picture,
          ...(mouth ? { mouth } : {}),
          ...took,
        });
      }
      onOutcome?.(outcomes.at(-1)!);
    }
    return { outcomes, browser };
  } finally {
    await close();
    await own.close();
    if (keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}
