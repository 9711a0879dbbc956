import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright";
import { createServer } from "vite";
import { PROJECT_ROOT } from "../../src/headless/app-build.ts";
import { browserLaunch } from "../../src/headless/find-browser.mjs";

const HELP = `Usage: npm run golden -- [--out FILE] [--against FILE]

Renders short jobs of every kind and prints the SHA-256 of their frames. Models, decoders and the browser are part of
what is hashed, so hashes of one machine and one browser alone can be compared: write them before a change, compare
after it.

  --out FILE       also write them as JSON
  --against FILE   compare with those of an earlier run; what differs is listed, and the exit status is 1`;

async function hashes(): Promise<Record<string, string>> {
  const server = await createServer({
    root: PROJECT_ROOT,
    configFile: join(PROJECT_ROOT, "vite.config.ts"),
    logLevel: "error",
    cacheDir: join(PROJECT_ROOT, ".cache", "vite-golden"),
    server: { port: 0, host: "127.0.0.1", hmr: false, watch: null },
  });
  const browser = await chromium.launch({ ...browserLaunch(), headless: true });
  try {
    await server.listen();
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.goto(new URL("/tools/golden/page.html", server.resolvedUrls!.local[0]).href);
    await page.waitForFunction("window.dudakGolden !== undefined");
    const found: Record<string, string> = {};
    for (const name of await page.evaluate(() => window.dudakGolden.names)) {
      found[name] = await page.evaluate((wanted) => window.dudakGolden.hash(wanted), name);
      console.log(`${found[name]}  ${name}`);
    }
    return found;
  } finally {
    await browser.close();
    await server.close();
  }
}

async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { out: { type: "string" }, against: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const found = await hashes();
  if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(found, null, 2)}\n`);
  if (values.against === undefined) return;
  const earlier = JSON.parse(readFileSync(values.against, "utf8")) as Record<string, string>;
  const differing = Object.keys(found).filter((name) => found[name] !== earlier[name]);
  for (const name of differing) console.log(`differs: ${name}`);
  console.log(`${Object.keys(found).length - differing.length} of ${Object.keys(found).length} equal`);
  if (differing.length > 0) process.exitCode = 1;
}

await main(process.argv.slice(2));
