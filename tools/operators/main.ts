import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { operatorCases } from "./cases.ts";
import { compareOperators } from "./compare-in-browser.ts";
import { operatorTable } from "./table.ts";

const HELP = `Usage: npm run operators -- [options]

Runs tiny networks of the operators of lip-sync models on WebGPU (emulated) and on wasm in an installed Chromium, and
writes what came of it into docs/model-manifest.md.

  --dist FOLDER   folder dist of another onnxruntime-web than the installed one; prints the table and writes nothing
  --help`;

const ROOT = join(import.meta.dirname, "../..");
const DOCUMENT = join(ROOT, "docs/model-manifest.md");
const [BEGIN, END] = ["<!-- operators: made by npm run operators -->", "<!-- end of operators -->"];

const { values } = parseArgs({ options: { dist: { type: "string" }, help: { type: "boolean" } } });
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const dist = values.dist ?? join(ROOT, "node_modules/onnxruntime-web/dist");
const { version } = JSON.parse(await readFile(join(dist, "../package.json"), "utf8")) as { version: string };
const cases = operatorCases();
let done = 0;
const { outcomes, browser } = await compareOperators(cases, dist, () => {
  done++;
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${cases.length}`);
});
const table = operatorTable(cases, outcomes, { onnxruntime: version, browser });
if (values.dist !== undefined) console.log(table);
else {
  const text = await readFile(DOCUMENT, "utf8");
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${DOCUMENT} lacks the marks of the table.`);
  const changed = `${text.slice(0, from)}${BEGIN}\n\n${table}\n\n${text.slice(to)}`;
  const options = (await resolveConfig(DOCUMENT)) ?? {};
  await writeFile(DOCUMENT, await format(changed, { ...options, parser: "markdown" }));
  console.log(`Wrote the table for onnxruntime-web ${version} into ${DOCUMENT}`);
}
