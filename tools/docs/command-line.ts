import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { promisify } from "node:util";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";

const run = promisify(execFile);

/** The commands, as the command line's own help lists them. */
const LISTED = /^ {2}(\w+) {2,}/gm;

/** What `dudak` prints, in English, without this machine's paths. */
async function helpOf(...argv: readonly string[]): Promise<string> {
  const env = { ...process.env, LC_ALL: "C", LANG: "C", LANGUAGE: "en", DUDAK_CWD: PROJECT_ROOT };
  const { stdout } = await run(process.execPath, ["--import", "tsx", "src/cli/cli.ts", ...argv], {
    cwd: PROJECT_ROOT,
    env,
  });
  return stdout.trim().replaceAll(homedir(), "~");
}

/** `docs/command-line.md`: what each command prints with `--help`. */
export async function commandLineMarkdown(): Promise<string> {
  const overview = await helpOf("--help");
  const names = [...overview.matchAll(LISTED)].map((match) => match[1]!);
  const helps = await Promise.all(names.map((name) => helpOf(name, "--help")));
  const sections = names.map((name, i) => `## dudak ${name}\n\n\`\`\`\n${helps[i]!}\n\`\`\`\n`);
  return `# Command line

\`dudak\` is \`node bin/dudak.mjs\` in a clone and \`npx dudak\` where the package is installed. Commands, progress, results, warnings and errors are in the language that \`LC_ALL\`, \`LC_MESSAGES\` or \`LANG\` asks for, where it is one of the eight; options and mistakes in them are named in English. This page is made from the commands' own help by \`npm run docs\`.

\`\`\`
${overview}
\`\`\`

${sections.join("\n")}`;
}
