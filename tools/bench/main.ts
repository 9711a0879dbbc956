import { execFileSync } from "node:child_process";
import { existsSync, symlinkSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { PROJECT_ROOT } from "../../src/headless/app-build.ts";
import { compareBuilds, describeAgainst } from "./against.ts";
import { describeLive, measureLive } from "./live.ts";
import { describeLiveStream, measureLiveStream } from "./live-stream.ts";
import { measure, measureLong, type BenchResult } from "./measure.ts";
import { describeLipModel, measureLipModel } from "./lip-model.ts";
import { describeSubmit, measureSubmit } from "./submit.ts";
import { stagesPage } from "./stages-plot.ts";
import { describeLongVideo, describeVideo } from "./video.ts";

const HELP = `Usage: npm run bench -- [--quick] [--json FILE] [--against REVISION] [--live | --long | --plugin | --submit]

  --quick              leave out the five-minute voice
  --json FILE          write the figures to FILE        [out/bench.json]
  --against REVISION   run portrait, video and HEVC in this and in that revision in turn, five rounds (--quick: one);
                       writes the stages over time as a page, too    [out/bench-against.json, .html]
  --long               measure memory and time of a ten-minute video instead [out/bench-long.json]
  --live               measure a live portrait alone, recordings and streams (--quick: shorter)     [out/bench-live.json]
  --plugin             measure a Wav2Lip-shaped network instead   [out/bench-plugin.json]
  --submit             measure the answers to submissions alone    [out/bench-submit.json]
  --cluster            measure gateways and workers over Redis and S3, with kills   [out/bench-cluster.json]`;

const mega = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;

function describe(result: BenchResult): string {
  const { picture, coldStart, memory } = result;
  const stages = Object.entries(picture.stagesMs).map(([stage, ms]) => `  ${stage.padEnd(16)} ${ms} ms`);
  const bytes = Object.entries(coldStart.bytes)
    .sort(([, a], [, b]) => b - a)
    .map(([path, size]) => `  ${mega(size).padStart(9)}  ${path}`);
  return [
    `${result.machine.cpu}, ${result.machine.cores} cores, ${result.machine.browser}, revision ${result.machine.revision}`,
    `480p, ${picture.voiceSeconds.toFixed(1)} s voice, ${picture.backend}, ${picture.encoder}: ${Math.round(picture.totalMs)} ms, ` +
      `${picture.timesRealTime.toFixed(2)} × real time, ${picture.framesPerSecond.toFixed(1)} frames/s`,
    ...stages,
    ...describeVideo(result.video),
    `Cold start to first preview: ${Math.round(coldStart.firstPreviewMs)} ms, ${mega(coldStart.totalBytes)} (brotli)`,
    ...bytes,
    ...(memory
      ? [
          `Peak memory: ${mega(memory.seconds30)} for 30 s, ${mega(memory.seconds300)} for 300 s, ratio ${memory.ratio.toFixed(3)}`,
        ]
      : []),
  ].join("\n");
}

/** A checkout of another revision beside this one, with the same installed packages. */
function checkOut(revision: string): string {
  const sha = execFileSync("git", ["rev-parse", "--short", `${revision}^{commit}`], {
    cwd: PROJECT_ROOT,
    encoding: "utf8",
  }).trim();
  const folder = join(PROJECT_ROOT, ".cache", "revisions", sha);
  if (!existsSync(folder)) {
    execFileSync("git", ["worktree", "add", "--detach", "--force", folder, sha], { cwd: PROJECT_ROOT });
  }
  if (!existsSync(join(folder, "node_modules"))) {
    symlinkSync(join(PROJECT_ROOT, "node_modules"), join(folder, "node_modules"), "dir");
  }
  execFileSync(process.execPath, ["--import", "tsx", "models/build/main.ts", "--quiet"], { cwd: folder });
  return folder;
}

async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: "boolean" },
      json: { type: "string" },
      against: { type: "string" },
      live: { type: "boolean" },
      long: { type: "boolean" },
      plugin: { type: "boolean" },
      submit: { type: "boolean" },
      cluster: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const alone = (["plugin", "live", "long", "submit", "cluster"] as const).find((section) => values[section]);
  const section = alone ?? (values.against === undefined ? undefined : "against");
  const name = section ? `bench-${section}.json` : "bench.json";
  const file = resolve(values.json ?? join(PROJECT_ROOT, "out", name));
  await mkdir(dirname(file), { recursive: true });
  if (values.plugin) {
    const found = await measureLipModel(values.quick ?? false);
    await writeFile(file, JSON.stringify(found, null, 2));
    console.log(describeLipModel(found));
    return;
  }
  if (values.live) {
    const recorded = await measureLive();
    const streamed = await (values.quick ? measureLiveStream(20, 300) : measureLiveStream());
    await writeFile(file, JSON.stringify({ ...recorded, streamed }, null, 2));
    console.log(`${describeLive(recorded)}\n\n${describeLiveStream(streamed)}`);
    return;
  }
  if (values.long) {
    const found = await measureLong();
    await writeFile(file, JSON.stringify(found, null, 2));
    console.log(describeLongVideo(found).join("\n"));
    return;
  }
  if (values.submit) {
    const found = await measureSubmit();
    await writeFile(file, JSON.stringify(found, null, 2));
    console.log(describeSubmit(found).join("\n"));
    return;
  }
  if (values.cluster) {
    const { measureCluster, describeCluster } = await import("./cluster.ts");
    const found = await measureCluster(values.quick ?? false);
    await writeFile(file, JSON.stringify(found, null, 2));
    console.log(describeCluster(found).join("\n"));
    return;
  }
  if (values.against !== undefined) {
    const found = await compareBuilds(checkOut(values.against), values.against, values.quick ? 1 : 5);
    const page = file.replace(/(\.json)?$/, ".html");
    await writeFile(file, JSON.stringify(found, null, 2));
    await writeFile(page, stagesPage(found));
    console.log([...describeAgainst(found), `Stages over time: ${page}`].join("\n"));
    return;
  }
  const result = await measure(values.quick ?? false);
  const live = await measureLive();
  const submit = await measureSubmit();
  await writeFile(file, JSON.stringify({ ...result, live, submit }, null, 2));
  console.log(describe(result));
  console.log(describeLive(live));
  console.log(describeSubmit(submit).join("\n"));
}

await main(process.argv.slice(2));
