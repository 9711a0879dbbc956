import { relative } from "node:path";
import type { EngineError } from "../job/errors.ts";
import { mediaOf } from "../job/job-spec.ts";
import { withoutPictures } from "../job/report/short-report.ts";
import { createEngineHost, readManifest, type HostRequest } from "../headless/engine-host.ts";
import { EXIT, exitCodeOf, failureJson } from "../headless/exit-codes.ts";
import { requireFile } from "../headless/input-file.ts";
import { failureText, sentencesHere } from "../headless/failure-text.ts";
import { machineError } from "../headless/told-error.ts";
import { UsageError, usageText } from "../headless/usage-error.ts";
import { helpText } from "../headless/words/help-page.ts";
import { wordsHere, type CliWords } from "../headless/words/words.ts";
import { reserveOutput, type OutputPlace } from "./output-place.ts";
import { createProgressBar } from "./progress-bar.ts";
import { writeReport } from "./write-report.ts";
import { RENDER_HELP } from "./render-help.ts";
import { optionOf, parseRenderOptions, type RenderOptions } from "./render-options.ts";

/** Extra work after a successful rendering, with the browser still open. */
export type AfterRender = (
  host: Awaited<ReturnType<typeof createEngineHost>>,
  outputPath: string,
  words: CliWords,
) => Promise<readonly string[]>;

/**
 * `dudak render`: makes one video and reports on it.
 * @returns the exit code; see {@link EXIT}.
 */
export async function renderCommand(
  argv: readonly string[],
  defaults: Parameters<typeof parseRenderOptions>[1] = {},
  help = RENDER_HELP,
  afterRender?: AfterRender,
): Promise<number> {
  let options: RenderOptions | undefined;
  let place: OutputPlace | undefined;
  const words = await wordsHere();
  try {
    options = parseRenderOptions(argv, defaults);
    if (options) place = await reserveOutput(options.request.outputPath, sourcesOf(options));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(usageText(error, words, help === RENDER_HELP ? "render" : "demo"));
    return EXIT.usage;
  }
  if (!options || !place) {
    console.log(helpText(help, words));
    return EXIT.ok;
  }
  const cancelled = new AbortController();
  const onInterrupt = () => {
    if (cancelled.signal.aborted) {
      place.discardNow();
      process.exit(EXIT.cancelled);
    }
    cancelled.abort();
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onInterrupt);
  const bar = createProgressBar(process.stderr, words);
  const outputPath = place.path;
  let host: Awaited<ReturnType<typeof createEngineHost>> | undefined;
  try {
    // What is missing is told before anything is built or started.
    for (const [field, { path }] of mediaOf(options.request)) await requireFile(path, optionOf(field));
    host = await createEngineHost({
      ownSignals: true,
      ...(options.verbose ? { onLog: (line) => console.error(line) } : {}),
    });
    const started = performance.now();
    const { result } = await host.run(
      { ...(await withManifest(options.request)), outputPath: place.partial },
      { signal: cancelled.signal, onProgress: (progress) => bar.show(progress) },
    );
    bar.end();
    await place.keep();
    const seconds = (performance.now() - started) / 1000;
    const extra = [...((await afterRender?.(host, outputPath, words)) ?? [])];
    if (options.report) {
      const page = await writeReport(options.request, result, outputPath, words.language);
      extra.push(words.say("report", { file: relative(process.cwd(), page) }));
    }
    if (options.json) {
      const report = withoutPictures(result.report);
      console.log(JSON.stringify({ output: outputPath, ...result, report }));
    } else {
      const { report } = result;
      const { warning: sentence } = await sentencesHere();
      for (const warning of result.warnings) console.log(words.say("note", { text: sentence(warning) }));
      console.log(
        words.say("made", {
          file: relative(process.cwd(), outputPath),
          size: `${String(report.width)}×${String(report.height)}`,
          seconds: words.decimal(report.durationSeconds),
          frames: String(report.frames),
          took: words.decimal(seconds),
          backend: report.backend,
          encoder: report.encoder,
          seed: String(result.seed),
        }),
      );
      for (const line of extra) console.log(line);
    }
    return EXIT.ok;
  } catch (error) {
    bar.end();
    const failure: EngineError = machineError(error);
    if (options.json) console.log(JSON.stringify(failureJson(failure)));
    else console.error(await failureText(failure));
    if (options.verbose) console.error(failure.cause ?? failure.stack);
    return exitCodeOf(failure.code);
  } finally {
    await place.discard();
    await host?.close();
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onInterrupt);
  }
}

function sourcesOf({ request }: RenderOptions): string[] {
  return [...mediaOf(request).values()].map(({ path }) => path);
}

/** The request with the manifest that it names as a file. */
async function withManifest(request: HostRequest): Promise<HostRequest> {
  const { lipModel } = request;
  if (typeof lipModel?.manifest !== "string") return request;
  return { ...request, lipModel: { ...lipModel, manifest: await readManifest(lipModel.manifest) } };
}
