import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EXIT } from "../headless/exit-codes.ts";
import { widthOf } from "../headless/words/columns.ts";
import { speak } from "../headless/words/choose-language.ts";
import { BATCH_COLUMNS } from "../job/batch-table.ts";
import { LANGUAGES, type Language } from "../job/sentences/languages.ts";
import { COMMANDS, dudak } from "./dudak.ts";

let printed: string[] = [];
let complained: string[] = [];

beforeEach(() => {
  printed = [];
  complained = [];
  vi.spyOn(console, "log").mockImplementation((text: string) => void printed.push(text));
  vi.spyOn(console, "error").mockImplementation((text: string) => void complained.push(text));
});
afterEach(() => {
  vi.restoreAllMocks();
  speak(undefined);
});

/** What is printed for a command line, and its exit code. */
async function said(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  printed = [];
  complained = [];
  const code = await dudak(argv);
  return { code, out: printed.join("\n"), err: complained.join("\n") };
}

/** The help of every command and of all, by command. */
async function helps(language: Language): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for (const command of ["", ...COMMANDS]) {
    const { code, out } = await said(...(command ? [command] : []), "--help", "--language", language);
    expect(code).toBe(EXIT.ok);
    all.set(command, out);
  }
  return all;
}

/** What is the same in every language: options, addresses, files, variables, letters that stand for a number. */
const NAMES =
  /\bdudak [a-z]+|--?[a-z][\w-]*|\S*[/.:_]\S*|\b(N|MB|URL|ID|API|REST|JSON|SHA-256|CSV|Ctrl-C|Dudak|workers?|mp4|webm|webgpu|wasm|webcodecs|ffmpeg|meanwhile|source|debug|info|warn|error|silent|S3|AWS|Redis|Valkey|TLS)\b/g;
function withoutNames(line: string): string {
  // The name of a command stands in the first column.
  const text = line.replace(/^ {2}[a-z-]+ /, "");
  const columns = new RegExp(`\\b(${BATCH_COLUMNS.join("|")})\\b`, "g");
  return text.replace(columns, "").replace(NAMES, "");
}

/** Words that no other of the languages has. */
const ENGLISH = /\b(the|of|with|that|this|from|when|which|its|and|are|jobs|file|voice|picture|machine's)\b/i;

const LATIN = /[a-z]{2,}/i;

test.each(LANGUAGES.slice(1))("%s: no line of any help is left in English", async (language) => {
  const english = await helps("en");
  for (const [command, text] of await helps(language)) {
    const known = new Set(english.get(command)!.split("\n"));
    for (const line of text.split("\n")) {
      const rest = withoutNames(line);
      if (known.has(line)) expect(rest, `${command}: ${line}`).not.toMatch(LATIN);
      expect(rest, `${command}: ${line}`).not.toMatch(ENGLISH);
    }
  }
});

test.each(LANGUAGES)("%s: columns stand one below the other, within 80 columns", async (language) => {
  for (const [command, text] of await helps(language)) {
    for (const line of text.split("\n")) {
      expect(widthOf(line), `${command}: ${line}`).toBeLessThanOrEqual(80);
    }
    const blocks = text
      .split("\n\n")
      .filter((block) => /^ {2}\S/.test(block) && !block.includes(BATCH_COLUMNS[0]!));
    for (const block of blocks) {
      // A row has its name and two spaces before its text; what goes on begins where the text does.
      const starts = block.split("\n").flatMap((line) => {
        const [head] = /^ {2}(?: {2})?\S+(?: \S+)*? {2,}(?=\S)/.exec(line) ?? /^ {5,}(?=\S)/.exec(line) ?? [];
        return head === undefined ? [] : [widthOf(head)];
      });
      expect(new Set(starts).size, `${command}:\n${block}`).toBe(1);
    }
  }
});

test("every option that a command takes stands in its help", async () => {
  for (const [command, text] of await helps("en")) {
    if (command === "") continue;
    for (const [option] of text.matchAll(/(?<=^ +)--[a-z-]+/gm)) {
      const { err } = await said(command, option, "--help");
      expect(err, `${command} ${option}`).not.toContain("usage/unknown-option");
    }
  }
});

test.each(LANGUAGES)("%s: mistakes are told in it, with their code", async (language) => {
  const mistakes = [
    [["render", "--nonsense"], "usage/unknown-option"],
    [["render", "--image", "a.png", "--audio", "a.wav", "--fps", "99"], "usage/range"],
    [["render", "--image", "a.png", "--audio", "a.wav", "--resolution", "1080p"], "usage/one-of"],
    [["serve", "--port", "x"], "usage/whole-range"],
    [["serve", "--json=1"], "usage/extra-value"],
    [["studio", "--port"], "usage/no-value"],
    [["work"], "usage/cluster-none"],
    [["batch", "none.csv"], "usage/file-unread"],
    [["keys", "burn"], "usage/unknown-word"],
  ] as const;
  for (const [argv, code] of mistakes) {
    const { code: exit, err } = await said(...argv, `--language=${language}`);
    expect(exit, err).toBe(EXIT.usage);
    expect(err).toContain(`[${code}]`);
    if (language !== "en") expect(withoutNames(err)).not.toMatch(ENGLISH);
  }
});

test("a language that is not spoken is refused with a list of those that are", async () => {
  for (const argv of [
    ["--language", "eo"],
    ["render", "--language=xx"],
  ]) {
    const { code, err } = await said(...argv);
    expect(code).toBe(EXIT.usage);
    expect(err).toContain("[usage/language]");
    for (const language of LANGUAGES) expect(err).toContain(`${language} (`);
  }
  expect((await said("--language")).err).toContain("[usage/no-value]");
  expect((await said("--help", "--language", "pt")).out).toContain("Uso: dudak COMANDO [opções]");
});
