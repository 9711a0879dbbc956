import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { chromium, type Page } from "playwright";
import { createServer } from "vite";
import { PROJECT_ROOT } from "../../src/headless/app-build.ts";
import { browserLaunch } from "../../src/headless/find-browser.mjs";

/** A page of an installed Chromium with the engine's readers in it. */
export interface MatrixPage {
  readonly page: Page;
  /** Version of the browser. */
  readonly browser: string;
  close(): Promise<void>;
}

/** Address under which the page finds a file of its folder. */
export const matrixAddress = (path: string) => `/__matrix/${encodeURIComponent(basename(path))}`;

/** Opens the page; it can fetch the files of `folder`, see {@link matrixAddress}. */
export async function openMatrixPage(folder: string): Promise<MatrixPage> {
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
            response.end(readFileSync(join(folder, basename(decodeURIComponent(request.url ?? "")))));
          });
        },
      },
    ],
  });
  const browser = await chromium.launch({ ...browserLaunch(), headless: true });
  const close = async () => {
    await browser.close();
    await server.close();
  };
  try {
    await server.listen();
    const page = await browser.newPage();
    await page.goto(new URL("/tools/matrix/page.html", server.resolvedUrls!.local[0]).href);
    await page.waitForFunction("window.dudakMatrix !== undefined");
    return { page, browser: browser.version(), close };
  } catch (error) {
    await close();
    throw error;
  }
}
