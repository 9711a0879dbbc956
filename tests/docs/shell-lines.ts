import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseServeOptions } from "../../src/gateway/commands/serve-options.ts";
import { parseBatchOptions } from "../../src/cli/batch-options.ts";
import { parseRenderOptions } from "../../src/cli/render-options.ts";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";

/** The commands of a block, one an entry: continued lines joined, comments, prompts and blank lines left out. */
export function commandsOf(block: string): string[] {
  return block
    .replace(/\\\n\s*/g, " ")
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

/** Words as a shell makes them of quotes and spaces. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replace(/["']/g, ""));
}

/** Commands that are not ours: what they do is their own affair, and the network is not asked. */
const FOREIGN = new Set(["curl", "export", "cp", "cat", "cd", "git", "mkdir"]);
const DEMO = { image: "sample.jpg", audio: "sample.mp3", out: "out/demo.mp4" };

/** @throws Error that says what is wrong with the arguments of the `dudak` command. */
function checkDudak([command, ...args]: readonly string[]): void {
  switch (command) {
    case "render":
    case "demo":
      parseRenderOptions(args, command === "demo" ? DEMO : {});
      return;
    case "serve":
      parseServeOptions(args, "data");
      return;
    case "batch":
      parseBatchOptions(args.includes(">") ? args.slice(0, args.indexOf(">")) : args);
      return;
    case "keys":
    case "jobs":
    case "work":
    case "studio":
    case "model":
    case "create":
      return;
    default:
      if (command !== "COMMAND") throw new Error(`there is no command dudak ${command}`);
  }
}

/**
 * Checks a command of the documentation: that it exists and takes these arguments.
 * @throws Error that says what is wrong with it.
 */
export async function checkCommand(command: string): Promise<void> {
  const [program = "", ...args] = wordsOf(command);
  if (FOREIGN.has(program)) return;
  if (program === "dudak") return checkDudak(args);
  if (program === "node" && args[0] === "bin/dudak.mjs") return checkDudak(args.slice(1));
  if (program === "npx" && args[0] === "dudak") return checkDudak(args.slice(1));
  if (program === "npx" && args[0] === "vitest") {
    const path = args.at(-1)!;
    const exists = ["", ".test.ts", ".browser.test.ts"].some((end) =>
      existsSync(join(PROJECT_ROOT, path + end)),
    );
    if (!exists) throw new Error(`there is no test ${path}`);
    return;
  }
  if (program === "npx" && args[0] === "playwright") return;
  if (program === "npm") {
    const [verb = "", ...rest] = args;
    if (["install", "ci", "pack", "init"].includes(verb)) return;
    const script = verb === "run" ? rest.shift()! : verb;
    const { scripts } = JSON.parse(await readFile(join(PROJECT_ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    if (!(script in scripts)) throw new Error(`there is no script ${script}`);
    if (script === "demo" && rest[0] === "--") checkDudak(["demo", ...rest.slice(1)]);
    return;
  }
  throw new Error(`the command ${program} is not known`);
}
