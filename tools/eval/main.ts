import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright";
import { createServer } from "vite";
import { browserLaunch } from "../../src/headless/find-browser.mjs";
import { PROJECT_ROOT } from "../../src/headless/app-build.ts";
import { composeSheet } from "./people/people-sheet.ts";
import { wordsHere } from "../../src/headless/words/words.ts";
import { createProgressBar } from "../../src/cli/progress-bar.ts";

const HELP = `Usage: npm run eval -- [--only NAME] [--out FOLDER] [--shared FOLDER]

  --only NAME    run one section and its parts, which are named NAME-…
  --out FOLDER   where eval.json, eval.md and pictures are written   [out]
  --shared FOLDER where voices and media of real people lie   [../shared]
  --sheet FOLDER films for looking: real faces beside ours (people.mp4, people.png: the worst and typical clips of
                 speech-people), and the dubbed videos of video-cross`;

/** A page of hundreds of modules on a busy machine takes its time. */
const OPENING_MS = 180_000;

/** Serves the sources to a headless browser, runs every section there, writes JSON and Markdown. */
async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: "string" },
      out: { type: "string" },
      shared: { type: "string" },
      sheet: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const folder = resolve(values.out ?? join(PROJECT_ROOT, "out"));
  const shared = resolve(values.shared ?? join(PROJECT_ROOT, "..", "shared"));
  const server = await createServer({
    root: PROJECT_ROOT,
    configFile: join(PROJECT_ROOT, "vite.config.ts"),
    logLevel: "error",
    server: { port: 0, host: "127.0.0.1", fs: { allow: [PROJECT_ROOT, shared] }, hmr: false, watch: null },
  });
  const browser = await chromium.launch({ ...browserLaunch(), headless: true });
  const bar = createProgressBar(process.stderr, await wordsHere());
  try {
    await server.listen();
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.exposeFunction("evalProgress", (_section: string, fraction: number) =>
      bar.show({ stage: "listening", progress: fraction, stageProgress: fraction }),
    );
    await mkdir(folder, { recursive: true });
    await page.exposeFunction("evalPicture", (name: string, base64: string) =>
      writeFile(join(folder, basename(name)), Buffer.from(base64, "base64")),
    );
    const sheet = values.sheet === undefined ? undefined : resolve(values.sheet);
    if (sheet !== undefined) {
      await mkdir(sheet, { recursive: true });
      await page.exposeFunction("evalKeep", (file: string, base64: string) =>
        writeFile(join(sheet, file), Buffer.from(base64, "base64")),
      );
    }
    const origin = server.resolvedUrls!.local[0]!.replace(/\/$/, "");
    await page.goto(`${origin}/tools/eval/page.html`, { timeout: OPENING_MS });
    await page.waitForFunction("window.dudakEval !== undefined");
    const sharedRoot = existsSync(shared) ? `/@fs${shared}` : null;
    if (sharedRoot === null) console.log("The shared test media are absent: real clips are left out.");
    const sections = await page.evaluate(() => window.dudakEval.sections);
    const results: Record<string, unknown> = {};
    let markdown = "# Eval\n";
    for (const { name, title } of sections) {
      if (values.only !== undefined && values.only !== name && !name.startsWith(`${values.only}-`)) continue;
      const report = await page.evaluate(([section, root]) => window.dudakEval.run(section!, root!), [
        name,
        sharedRoot,
      ] as const);
      results[name] = report.json;
      markdown += `\n## ${title}\n\n${report.markdown.trim()}\n`;
    }
    bar.end();
    if (sheet !== undefined && "speech-people" in results) {
      await composeSheet(sheet, shared, results["speech-people"]);
    }
    await writeFile(join(folder, "eval.json"), JSON.stringify(results, null, 2));
    await writeFile(join(folder, "eval.md"), markdown);
    console.log(markdown);
  } finally {
    await browser.close();
    await server.close();
  }
}

await main(process.argv.slice(2));
