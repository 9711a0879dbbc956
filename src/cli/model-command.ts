import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { toEngineError } from "../job/errors.ts";
import type { Sentences } from "../job/sentences/load.ts";
import { storageError } from "../job/storage-error.ts";
import type { LipModelInspection } from "../engine/lip-sync.ts";
import { createEngineHost, readManifest } from "../headless/engine-host.ts";
import { EXIT, exitCodeOf, failureJson, UsageError } from "../headless/exit-codes.ts";
import { failureText, sentencesHere } from "../headless/speech.ts";
import { requireFile } from "../headless/input-file.ts";

const HELP = `Usage: dudak model FILE [options]

Reads a lip-sync model (.onnx), says what was understood and tries it. Nothing is rendered.

  --model-manifest X   use this manifest: a .json file, or the id of one that comes with the engine
  --write FILE         write the manifest, with the file's SHA-256, to FILE
  --backend NAME       webgpu or wasm                     [what the machine has]
  --json               print one JSON object instead of sentences
  --help`;

function describe(found: LipModelInspection, say: Sentences): string[] {
  const { understood, problems, selfTest, manifest, warnings } = found;
  const { name, licence } = (manifest ?? {}) as { name?: string; licence?: { name: string; text: string } };
  return [
    ...understood.map(say.finding),
    ...problems.map((problem) => `Cannot be used: ${say.finding(problem)}`),
    ...(name && licence ? [`Taken for: ${name}. Licence: ${licence.name}. ${licence.text}`] : []),
    ...(selfTest?.checks ?? []).map(
      ({ name: check, passed, detail }) => `${passed ? "pass" : "FAIL"}  ${check}: ${say.finding(detail)}`,
    ),
    ...warnings.map(say.warning),
    ...(selfTest?.hints ?? []).map((hint) => `Hint: ${say.finding(hint)}`),
    ...(selfTest ? [`Speed: ${selfTest.msPerFrame.toFixed(0)} ms a frame.`] : []),
  ];
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
  let parsed;
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        "model-manifest": { type: "string" },
        write: { type: "string" },
        backend: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    console.error(`dudak: ${new UsageError((error as Error).message).message} See dudak model --help.`);
    return EXIT.usage;
  }
  const { values, positionals } = parsed;
  if (values.help) {
    console.log(HELP);
    return EXIT.ok;
  }
  const { backend } = values;
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) {
    console.error("dudak: name one model file. See dudak model --help.");
    return EXIT.usage;
  }
  if (backend !== undefined && backend !== "webgpu" && backend !== "wasm") {
    console.error(`dudak: --backend must be webgpu or wasm, not "${backend}".`);
    return EXIT.usage;
  }
  let host: Awaited<ReturnType<typeof createEngineHost>> | undefined;
  try {
    const file = resolve(path);
    await requireFile(file, "model");
    const given = values["model-manifest"];
    const manifest = given === undefined ? null : await readManifest(given);
    host = await createEngineHost();
    const found = await host.inspectModel(file, manifest, backend);
    if (values.json) console.log(JSON.stringify(found));
    else for (const line of describe(found, await sentencesHere())) console.log(line);
    if (values.write !== undefined && found.manifest) {
      const text = `${JSON.stringify(await withFile(found.manifest, file), null, 2)}\n`;
      await writeFile(values.write, text).catch((cause: unknown) => {
        throw storageError(cause, `Writing the manifest to ${values.write!}`);
      });
    }
    return found.selfTest?.passed ? EXIT.ok : EXIT.device;
  } catch (error) {
    const failure = toEngineError(error);
    if (values.json) console.log(JSON.stringify(failureJson(failure)));
    else console.error(await failureText(failure));
    return exitCodeOf(failure.code);
  } finally {
    await host?.close();
  }
}
