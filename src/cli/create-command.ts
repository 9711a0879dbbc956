import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { EXAMPLES, INSTALL_STEPS } from "../headless/installation.ts";
import { EXIT } from "../headless/exit-codes.ts";
import { oneOf } from "../headless/option-values.ts";
import { parseLine } from "../headless/parse-line.ts";
import { UsageError, usageError, usageText } from "../headless/usage-error.ts";
import {
  COMMON_OPTIONS,
  helpText,
  rowsOf,
  type HelpPage,
  type OptionTable,
} from "../headless/words/help-page.ts";
import { sentence, wordsHere } from "../headless/words/words.ts";

/** The starters, and the example that each begins with. */
const TEMPLATES = {
  page: "plain-html",
  vite: "vite",
  react: "react",
  "voice-agent": "voice-agent",
} as const;
type Template = keyof typeof TEMPLATES;
const TEMPLATE_NAMES = Object.keys(TEMPLATES) as Template[];

const OPTIONS = {
  template: {
    type: "string",
    short: "t",
    value: "{NAME}",
    text: sentence("create:template"),
    initial: "page",
  },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

const PAGE: HelpPage = {
  usage: ["create {FOLDER} [{OPTIONS}]"],
  parts: [
    sentence("create:about"),
    { rows: TEMPLATE_NAMES.map((name) => ({ term: name, text: sentence(`template:${name}`) })) },
    { rows: rowsOf(OPTIONS) },
  ],
};

interface CreateOptions {
  readonly folder: string;
  readonly template: Template;
}

/** @throws UsageError. */
function parse(argv: readonly string[]): CreateOptions | undefined {
  const { values, positionals } = parseLine(argv, OPTIONS);
  if (values.help) return undefined;
  const [folder, ...others] = positionals;
  if (!folder || others.length > 0) throw usageError("usage/one-folder");
  const template = oneOf(values.template, "--template", TEMPLATE_NAMES) ?? "page";
  return { folder: resolve(folder), template };
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

/** What keeps a starter from being written into a folder. */
function refusal(error: unknown, folder: string): UsageError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOTDIR" || code === "EEXIST") return usageError("usage/not-a-folder", { folder });
  return usageError("usage/folder-unwritable", { folder, code: code ?? message });
}

/**
 * Writes a starter.
 * @throws UsageError when the folder holds something, or nothing can be written there.
 */
async function write({ folder, template }: CreateOptions): Promise<void> {
  const held = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw refusal(error, folder);
  });
  if (held.length > 0) throw usageError("usage/not-empty", { folder });
  try {
    await mkdir(folder, { recursive: true });
    await fill(folder, template);
  } catch (error) {
    throw refusal(error, folder);
  }
}

async function fill(folder: string, template: Template): Promise<void> {
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
      console.log(helpText(PAGE, words));
      return EXIT.ok;
    }
    await write(options);
    const near = relative(process.cwd(), options.folder) || ".";
    const place = near.startsWith("..") ? options.folder : near;
    console.log(`${place}: ${words.say(`template:${options.template}`)}. ${words.say("next")}\n`);
    console.log(
      [`cd ${/^[\w./\\:-]+$/.test(place) ? place : `"${place}"`}`, ...INSTALL_STEPS, "npm start"]
        .map((step) => `  ${step}`)
        .join("\n"),
    );
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(usageText(error, words, "create"));
    return EXIT.usage;
  }
}
