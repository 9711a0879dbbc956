// Contact sheets of portraits: key shapes of the mouth, or frames of a voice, drawn by the real engine.
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright";
import { createServer } from "vite";
import type { Resolution } from "../../src/core/image.ts";
import { browserLaunch } from "../../src/headless/find-browser.mjs";

const HELP = `Usage: npx tsx tools/contact-sheet/contact-sheet.ts [options] PICTURE…

  --audio FILE       frames of this voice instead of the key shapes
  --from SECONDS     first frame of the voice [0.5]
  --step N           every how many frames of 25 a second [2]
  --count N          how many frames [12]
  --resolution R     480p, 720p or source [480p]
  --cell N           side of a cell in pixels [220]
  --landmarks        also write each picture's landmarks as JSON
  --out FOLDER       [out/sheets]`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      audio: { type: "string" },
      from: { type: "string", default: "0.5" },
      step: { type: "string", default: "2" },
      count: { type: "string", default: "12" },
      resolution: { type: "string", default: "480p" },
      cell: { type: "string", default: "220" },
      landmarks: { type: "boolean", default: false },
      out: { type: "string", default: "out/sheets" },
      help: { type: "boolean" },
    },
  });
  if (values.help || positionals.length === 0) {
    console.log(HELP);
    return;
  }
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const paths = positionals.map((path) => resolve(path));
  const audio = values.audio === undefined ? null : resolve(values.audio);
  const server = await createServer({
    root,
    configFile: join(root, "vite.config.ts"),
    logLevel: "error",
    server: {
      port: 0,
      host: "127.0.0.1",
      fs: { allow: [root, ...[...paths, ...(audio ? [audio] : [])].map(dirname)] },
      hmr: false,
      watch: null,
    },
  });
  const browser = await chromium.launch({ ...browserLaunch(), headless: true });
  try {
    await server.listen();
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.goto(`${server.resolvedUrls!.local[0]}tools/contact-sheet/contact-sheet.html`);
    await page.waitForFunction("window.dudakSheet !== undefined");
    const folder = resolve(values.out);
    await mkdir(folder, { recursive: true });
    if (audio) {
      const seconds = await page.evaluate((url) => window.dudakSheet.listen(url), `/@fs${audio}`);
      console.log(`${basename(audio)}: ${seconds.toFixed(1)} s`);
    }
    const sheets: Record<"faces" | "mouths", string[]> = { faces: [], mouths: [] };
    for (const path of paths) {
      const row = await page.evaluate(([url, options]) => window.dudakSheet.row(url, options), [
        `/@fs${path}`,
        {
          resolution: values.resolution as Resolution,
          cell: Number(values.cell),
          frames: {
            count: Number(values.count),
            fromSeconds: Number(values.from),
            step: Number(values.step),
          },
        },
      ] as const);
      sheets.faces.push(row.faces);
      sheets.mouths.push(row.mouths);
      const name = basename(path).replace(/\.\w+$/, "");
      console.log(
        `${name}: ready in ${row.prepareMs.toFixed(0)} ms, ${row.frameMs.toFixed(1)} ms a frame. ${row.warnings.map(({ code }) => code).join(" ")}`,
      );
      if (values.landmarks) {
        const points = row.landmarks.map((value) => Number(value.toFixed(2)));
        const { width, height } = row;
        await writeFile(join(folder, `${name}.landmarks.json`), JSON.stringify({ width, height, points }));
      }
    }
    for (const [name, rows] of Object.entries(sheets)) {
      await page.setContent(
        `<main style="width:max-content">${rows.map((row) => `<img style="display:block" src="${row}">`).join("")}</main>`,
      );
      const png = await page.locator("main").screenshot();
      const file = join(folder, `${name}.png`);
      await writeFile(file, png);
      console.log(file);
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

await main();
