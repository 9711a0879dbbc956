import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { MISTAKES } from "../../src/headless/words/mistakes.ts";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";

const run = promisify(execFile);

/** The commands, as the command line's own help lists them. */
const LISTED = /^ {2}(\w+) {2,}/gm;

/** What `dudak` prints, in English. */
async function helpOf(...argv: readonly string[]): Promise<string> {
  const env = { ...process.env, LC_ALL: "C", DUDAK_CWD: PROJECT_ROOT };
  const { stdout } = await run(process.execPath, ["--import", "tsx", "src/cli/cli.ts", ...argv], {
    cwd: PROJECT_ROOT,
    env,
  });
  return stdout.trim();
}

/** `docs/command-line.md`: what each command prints with `--help`. */
export async function commandLineMarkdown(): Promise<string> {
  const overview = await helpOf("--help");
  const names = [...overview.matchAll(LISTED)].map((match) => match[1]!);
  const helps = await Promise.all(names.map((name) => helpOf(name, "--help")));
  const sections = names.map((name, i) => `## dudak ${name}\n\n\`\`\`\n${helps[i]!}\n\`\`\`\n`);
  const mistakes = Object.entries(MISTAKES).map(([code, text]) => `| \`${code}\` | ${text} |`);
  return `# Command line

\`dudak\` is \`node bin/dudak.mjs\` in a clone and \`npx dudak\` where the package is installed. Help, progress, results, warnings and errors are in the language of \`--language CODE\`, else in the one that \`LC_ALL\`, \`LC_MESSAGES\` or \`LANG\` asks for, where it is one of the eight. This page is made from the commands' own help by \`npm run docs\`.

\`\`\`
${overview}
\`\`\`

${sections.join("\n")}
## Mistakes

What is wrong with a command line is told with a code in brackets, and the command exits with 2.

| Code | English sentence |
|---|---|
${mistakes.join("\n")}
`;
}
