import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { PROJECT_ROOT } from "../../src/headless/app-build.ts";
import { matrixCases } from "./cases.ts";
import { hasFfmpeg } from "./files.ts";
import { judge } from "./judge.ts";
import { runMatrix } from "./run.ts";
import { matrixTable } from "./table.ts";

const HELP = `Usage: npm run matrix -- [options]

Makes files of many containers, codecs, rates, clocks, colours, channels and kinds of damage with the machine's own
ffmpeg, reads each by the engine in an installed Chromium, compares with what ffmpeg says, and writes the table into
docs/formats.md.

  --only TEXT   cases whose description holds that text; prints the table and writes nothing
  --help`;

const DOCUMENT = join(PROJECT_ROOT, "docs/formats.md");
const [BEGIN, END] = ["<!-- matrix: made by npm run matrix -->", "<!-- end of matrix -->"];

const { values } = parseArgs({ options: { only: { type: "string" }, help: { type: "boolean" } } });
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
if (!hasFfmpeg()) {
  console.error("matrix: no ffmpeg was found on this machine; install it and try again.");
  process.exit(1);
}
const only = values.only?.toLowerCase();
const cases = matrixCases().filter(
  ({ kind, container, codec, trait }) =>
    only === undefined || `${kind} ${container} ${codec} ${trait}`.toLowerCase().includes(only),
);
const { outcomes, browser } = await runMatrix(cases, (outcome) => {
  const { container, codec, trait } = outcome.given;
  const faults = judge(outcome, outcome.chosen).faults;
  console.log(`${faults.length === 0 ? "as ffmpeg" : faults.join(", ")}: ${container}, ${codec}, ${trait}`);
});
const table = matrixTable(outcomes, browser);
if (only !== undefined) console.log(table);
else {
  const text = await readFile(DOCUMENT, "utf8");
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${DOCUMENT} lacks the marks of the table.`);
  const changed = `${text.slice(0, from)}${BEGIN}\n\n${table}\n\n${text.slice(to)}`;
  const options = (await resolveConfig(DOCUMENT)) ?? {};
  await writeFile(DOCUMENT, await format(changed, { ...options, parser: "markdown" }));
  console.log(`Wrote the table into ${DOCUMENT}`);
}
