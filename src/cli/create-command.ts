import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { EXAMPLES, INSTALL_STEPS } from "../headless/installation.ts";
import { wordsHere, type CliWords } from "./cli-words.ts";
import { EXIT, UsageError } from "../headless/exit-codes.ts";
import { parseLine } from "../headless/parse-line.ts";

/** The starters, and the example that each begins with. */
const TEMPLATES = {
  page: "plain-html",
  vite: "vite",
  react: "react",
  "voice-agent": "voice-agent",
} as const;
type Template = keyof typeof TEMPLATES;
const TEMPLATE_NAMES = Object.keys(TEMPLATES) as Template[];

const help = ({ say }: CliWords) => `Usage: dudak create FOLDER [options]

Writes a small project to begin with.

${TEMPLATE_NAMES.map((name) => `  ${name.padEnd(14)} ${say(`template:${name}`)}`).join("\n")}

  --template NAME  one of these  [page]
  --help`;

interface CreateOptions {
  readonly folder: string;
  readonly template: Template;
}

/** @throws UsageError. */
function parse(argv: readonly string[]): CreateOptions | undefined {
  const { values, positionals } = parseLine(
    argv,
    { template: { type: "string", short: "t" }, help: { type: "boolean", short: "h" } },
    true,
  );
  if (values.help) return undefined;
  const [folder, ...others] = positionals;
  if (!folder || others.length > 0) throw new UsageError("Name one folder: dudak create my-page.");
  const template = values.template ?? "page";
  if (!(template in TEMPLATES)) {
    throw new UsageError(`--template must be one of ${TEMPLATE_NAMES.join(", ")}, not "${template}".`);
  }
  return { folder: resolve(folder), template: template as Template };
}

/** A name that npm accepts. */
const packageName = (folder: string) =>
  basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+|-+$/g, "") || "my-page";

/** What in an example points out of its folder, and what takes its place: a starter stands alone. */
const INWARD: readonly (readonly [RegExp, string])[] = [
  [/publicDir: "\.\.\/media"/, 'publicDir: "public"'],
  [/join\(here, "\.\.", "media"\)/, 'join(here, "media")'],
];

/**
 * Writes a starter.
 * @throws UsageError when the folder holds something.
 */
async function write({ folder, template }: CreateOptions): Promise<void> {
  if ((await readdir(folder).catch(() => [])).length > 0) {
    throw new UsageError(`${folder} is not empty; choose another folder.`);
  }
  await mkdir(folder, { recursive: true });
  await cp(join(EXAMPLES, TEMPLATES[template]), folder, {
    recursive: true,
    filter: (path) => !/[\\/](node_modules|dist|site)$/.test(path),
  });
  const media = template === "page" ? "media" : "public";
  await cp(join(EXAMPLES, "media"), join(folder, media), { recursive: true });
  for (const name of ["vite.config.js", "build.mjs"]) {
    const file = join(folder, name);
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const own = INWARD.reduce((code, [outward, inward]) => code.replace(outward, inward), text);
    await writeFile(file, own);
  }
  const manifest = join(folder, "package.json");
  const json = JSON.parse(await readFile(manifest, "utf8")) as object;
  await writeFile(manifest, `${JSON.stringify({ ...json, name: packageName(folder) }, null, 2)}\n`);
}

/**
 * `dudak create`: writes a small project to begin with.
 * @returns the exit code; see {@link EXIT}.
 */
export async function createCommand(argv: readonly string[]): Promise<number> {
  const words = await wordsHere();
  try {
    const options = parse(argv);
    if (!options) {
      console.log(help(words));
      return EXIT.ok;
    }
    await write(options);
    const near = relative(process.cwd(), options.folder) || ".";
    const place = near.startsWith("..") ? options.folder : near;
    console.log(`${place}: ${words.say(`template:${options.template}`)}. ${words.say("next")}\n`);
    console.log([`cd ${place}`, ...INSTALL_STEPS, "npm start"].map((step) => `  ${step}`).join("\n"));
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`dudak: ${error.message} ${words.say("seeHelp", { command: "create" })}`);
    return EXIT.usage;
  }
}
