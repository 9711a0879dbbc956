import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { chromium } from "playwright";
import { createServer } from "vite";
import { PROJECT_ROOT } from "../../src/headless/app-build.ts";
import { browserLaunch } from "../../src/headless/find-browser.mjs";
import type { MatrixCase } from "./cases.ts";
import { makeFile, readByFfmpeg } from "./files.ts";
import type { Reading } from "./reading.ts";

/** What came of a case. */
export interface Outcome {
  readonly given: MatrixCase;
  /** By the machine's own ffmpeg. */
  readonly wanted: Reading;
  /** As the engine reads it, and by its ffmpeg where it took the browser's decoder. */
  readonly chosen: Reading;
  readonly fallback: Reading;
}

/** A case that has no answer after this many milliseconds has none. */
const LIMIT_MS = 60_000;

/** Makes the files of the cases, reads each by the engine in a browser, and by ffmpeg. */
export async function runMatrix(
  cases: readonly MatrixCase[],
  onOutcome: (outcome: Outcome) => void = () => undefined,
): Promise<{ outcomes: Outcome[]; browser: string }> {
  const folder = mkdtempSync(join(tmpdir(), "dudak-matrix-"));
  const server = await createServer({
    root: PROJECT_ROOT,
    configFile: join(PROJECT_ROOT, "vite.config.ts"),
    logLevel: "error",
    cacheDir: join(PROJECT_ROOT, ".cache", "vite-matrix"),
    server: { port: 0, host: "127.0.0.1", hmr: false, watch: null },
    plugins: [
      {
        name: "matrix-files",
        configureServer({ middlewares }) {
          middlewares.use("/__matrix", (request, response) => {
            response.end(readFileSync(join(folder, basename(request.url ?? ""))));
          });
        },
      },
    ],
  });
  const browser = await chromium.launch({ ...browserLaunch(), headless: true });
  try {
    await server.listen();
    const url = new URL("/tools/matrix/page.html", server.resolvedUrls!.local[0]).href;
    const page = await browser.newPage();
    const outcomes: Outcome[] = [];
    const read = async (path: string, kind: MatrixCase["kind"], route: "chosen" | "ffmpeg") => {
      const late = new Promise<Reading>((resolve) =>
        setTimeout(() => resolve({ error: "no answer" }), LIMIT_MS).unref(),
      );
      const reading = page.evaluate(([at, what, by]) => window.dudakMatrix.read(at, what, by), [
        `/__matrix/${basename(path)}`,
        kind,
        route,
      ] as const);
      return Promise.race([reading, late]);
    };
    await page.goto(url);
    await page.waitForFunction("window.dudakMatrix !== undefined");
    for (const [index, given] of cases.entries()) {
      const path = makeFile(folder, index, given);
      const chosen = await read(path, given.kind, "chosen");
      const fallback = chosen.decoder === "ffmpeg" ? chosen : await read(path, given.kind, "ffmpeg");
      const outcome = { given, wanted: readByFfmpeg(path, given.kind), chosen, fallback };
      outcomes.push(outcome);
      onOutcome(outcome);
    }
    return { outcomes, browser: browser.version() };
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
