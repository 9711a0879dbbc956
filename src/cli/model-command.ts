import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Sentences } from "../job/sentences/load.ts";
import type { LipModelInspection } from "../engine/lip-sync.ts";
import { createEngineHost, readManifest } from "../headless/engine-host.ts";
import { EXIT, exitCodeOf, failureJson } from "../headless/exit-codes.ts";
import { oneOf } from "../headless/option-values.ts";
import { parseLine } from "../headless/parse-line.ts";
import { failureText, sentencesHere } from "../headless/failure-text.ts";
import { requireFile } from "../headless/input-file.ts";
import { machineError } from "../headless/told-error.ts";
import { UsageError, usageError, usageText } from "../headless/usage-error.ts";
import {
  COMMON_OPTIONS,
  helpText,
  rowsOf,
  type HelpPage,
  type OptionTable,
} from "../headless/words/help-page.ts";
import { sentence, wordsHere, type CliWords } from "../headless/words/words.ts";

const OPTIONS = {
  "model-manifest": {
    type: "string",
    value: "{NAME}",
    text: sentence("render:manifest"),
    initial: sentence("render:fromFile"),
  },
  write: { type: "string", value: "{FILE}", text: sentence("model:write") },
  backend: {
    type: "string",
    value: "{NAME}",
    text: sentence("help:either", { first: "webgpu", second: "wasm" }),
    initial: sentence("help:machineHas"),
  },
  json: { type: "boolean", text: sentence("help:jsonObject") },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

const PAGE: HelpPage = {
  usage: ["model {FILE} [{OPTIONS}]"],
  parts: [sentence("model:about"), { rows: rowsOf(OPTIONS) }],
};

function describe(found: LipModelInspection, facts: Sentences, { say }: CliWords): string[] {
  const { understood, problems, selfTest, manifest, warnings } = found;
  const { name, licence } = (manifest ?? {}) as { name?: string; licence?: { name: string; text: string } };
  return [
    ...understood.map(facts.finding),
    ...problems.map((problem) => say("model:unusable", { text: facts.finding(problem) })),
    ...(name && licence ? [say("model:taken", { name, licence: licence.name, text: licence.text })] : []),
    ...(selfTest?.checks ?? []).map(({ name: check, passed, detail }) =>
      say(passed ? "model:passed" : "model:failed", { check, text: facts.finding(detail) }),
    ),
    ...warnings.map(facts.warning),
    ...(selfTest?.hints ?? []).map((hint) => say("model:hint", { text: facts.finding(hint) })),
    ...(selfTest ? [say("model:speed", { ms: selfTest.msPerFrame.toFixed(0) })] : []),
  ];
}

/** What the user asked for; undefined: help. @throws UsageError. */
function parse(argv: readonly string[]) {
  const { values, positionals } = parseLine(argv, OPTIONS);
  if (values.help) return undefined;
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw usageError("usage/one-model");
  return { ...values, path, backend: oneOf(values.backend, "--backend", ["webgpu", "wasm"]) };
}

/** The manifest with name, size and hash of the file that was inspected. */
async function withFile(manifest: object, path: string): Promise<object> {
  const bytes = await readFile(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const { file } = manifest as { file?: { name?: string } | null };
  return { ...manifest, file: { ...file, name: file?.name ?? "model.onnx", bytes: bytes.length, sha256 } };
}

/**
 * `dudak model`: inspects a lip-sync model.
 * @returns the exit code: 0 when the model passes its self-test, 4 when it cannot be used or fails it.
 */
export async function modelCommand(argv: readonly string[]): Promise<number> {
  const words = await wordsHere();
  let values: ReturnType<typeof parse>;
  try {
    values = parse(argv);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(usageText(error, words, "model"));
    return EXIT.usage;
  }
  if (!values) {
    console.log(helpText(PAGE, words));
    return EXIT.ok;
  }
  const { path, backend } = values;
  let host: Awaited<ReturnType<typeof createEngineHost>> | undefined;
  try {
    const file = resolve(path);
    await requireFile(file, "model");
    const given = values["model-manifest"];
    const manifest = given === undefined ? null : await readManifest(given);
    host = await createEngineHost();
    const found = await host.inspectModel(file, manifest, backend);
    if (values.json) console.log(JSON.stringify(found));
    else for (const line of describe(found, await sentencesHere(), words)) console.log(line);
    if (values.write !== undefined && found.manifest) {
      const text = `${JSON.stringify(await withFile(found.manifest, file), null, 2)}\n`;
      await writeFile(values.write, text);
    }
    return found.selfTest?.passed ? EXIT.ok : EXIT.device;
  } catch (error) {
    const failure = machineError(error);
    if (values.json) console.log(JSON.stringify(failureJson(failure)));
    else console.error(await failureText(failure));
    return exitCodeOf(failure.code);
  } finally {
    await host?.close();
  }
}
