import { join } from "node:path";
import { createServer, type Connect } from "vite";
import { PROJECT_ROOT } from "../../src/headless/app-build.ts";

/** A page of the bench, served from the sources. */
export interface BenchPage {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves one page with the project's modules, workers and headers.
 * @param html of the page.
 * @param files further answers by path.
 */
export async function serveBenchPage(
  html: string,
  files: Readonly<Record<string, Connect.SimpleHandleFunction>> = {},
): Promise<BenchPage> {
  const page = "/__bench.html";
  const server = await createServer({
    root: PROJECT_ROOT,
    configFile: join(PROJECT_ROOT, "vite.config.ts"),
    logLevel: "error",
    cacheDir: join(PROJECT_ROOT, ".cache", "vite-bench"),
    server: { port: 0, host: "127.0.0.1", hmr: false, watch: null },
    plugins: [
      {
        name: "bench-page",
        configureServer({ middlewares }) {
          for (const [path, answer] of Object.entries(files)) middlewares.use(path, answer);
          middlewares.use(page, (_request, response) => {
            response.setHeader("Content-Type", "text/html; charset=utf-8");
            response.end(html);
          });
        },
      },
    ],
  });
  await server.listen();
  return { url: new URL(page, server.resolvedUrls!.local[0]).href, close: () => server.close() };
}
