import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { PROJECT_ROOT } from "../../src/headless/app-build.ts";
import { matrixCases } from "./cases.ts";
import { hasFfmpeg } from "./ffmpeg.ts";
import { judge } from "./judge.ts";
import { judgeResult } from "./results/judge-result.ts";
import { resultCases } from "./results/result-cases.ts";
import { resultsTable } from "./results/results-table.ts";
import { runResults } from "./results/run-results.ts";
import { runMatrix } from "./run.ts";
import { matrixTable } from "./table.ts";

const HELP = `Usage: npm run matrix -- [options]

Makes files of many containers, codecs, rates, clocks, colours, channels and kinds of damage with the machine's own
ffmpeg, reads each by the engine in an installed Chromium, compares with what ffmpeg says, and writes the table into
docs/formats.md.

  --only TEXT      cases whose description holds that text, or one of several with commas between; prints the table and writes nothing
  --results        instead, makes a video of each file of the shared faults, containers and videos as dudak render
                   does, and measures it: length, sound, frames, colours, and the mouth by the product's own face tracker
  --shared FOLDER  with it: where media and voices lie   [../shared]
  --keep FOLDER    with it: where the videos stay
  --tree FOLDER    with it: another checkout whose dudak render makes them; writes nothing
  --help`;

const DOCUMENT = join(PROJECT_ROOT, "docs/formats.md");
const MATRIX = ["<!-- matrix: made by npm run matrix -->", "<!-- end of matrix -->"] as const;
const RESULTS = ["<!-- results: made by npm run matrix -- --results -->", "<!-- end of results -->"] as const;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    results: { type: "boolean" },
    shared: { type: "string" },
    keep: { type: "string" },
    tree: { type: "string" },
    help: { type: "boolean" },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
if (!hasFfmpeg()) {
  console.error("matrix: no ffmpeg was found on this machine; install it and try again.");
  process.exit(1);
}
const only = values.only?.toLowerCase().split(",");
const isWanted = (description: string) =>
  only === undefined || only.some((text) => description.toLowerCase().includes(text));

/** Prints a table of some of the cases, and writes one of all into the document. */
async function report(table: string, [begin, end]: readonly [string, string]): Promise<void> {
  if (only !== undefined || values.tree !== undefined) {
    console.log(table);
    return;
  }
  const text = await readFile(DOCUMENT, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${DOCUMENT} lacks the marks of the table.`);
  const changed = `${text.slice(0, from)}${begin}\n\n${table}\n\n${text.slice(to)}`;
  const options = (await resolveConfig(DOCUMENT)) ?? {};
  await writeFile(DOCUMENT, await format(changed, { ...options, parser: "markdown" }));
  console.log(`Wrote the table into ${DOCUMENT}`);
}

if (values.results) {
  const media = join(resolve(values.shared ?? join(PROJECT_ROOT, "..", "shared")), "media");
  const cases = resultCases(media).filter(({ name, role, backend }) =>
    isWanted(`${name} ${role} ${backend ?? ""}`),
  );
  if (cases.length === 0) {
    console.error(`matrix: there are no such files below ${media}.`);
    process.exit(1);
  }
  const { outcomes, browser } = await runResults(cases, {
    media,
    ...(values.keep === undefined ? {} : { keep: resolve(values.keep) }),
    ...(values.tree === undefined ? {} : { tree: resolve(values.tree) }),
    onOutcome: (outcome) => {
      const faults = judgeResult(outcome);
      const { name, backend = "" } = outcome.given;
      const said = faults.length === 0 ? "right" : faults.join(", ");
      console.log(`${said}: ${name} ${backend}(${outcome.tookSeconds.toFixed(1)} s)`);
    },
  });
  await report(resultsTable(outcomes, browser), RESULTS);
} else {
  const cases = matrixCases().filter(({ kind, container, codec, trait }) =>
    isWanted(`${kind} ${container} ${codec} ${trait}`),
  );
  const { outcomes, browser } = await runMatrix(cases, (outcome) => {
    const { container, codec, trait } = outcome.given;
    const faults = judge(outcome, outcome.chosen).faults;
    console.log(`${faults.length === 0 ? "as ffmpeg" : faults.join(", ")}: ${container}, ${codec}, ${trait}`);
  });
  await report(matrixTable(outcomes, browser), MATRIX);
}
