import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";
import { docsPages, snippetsOf, type Snippet } from "./pages.ts";
import { checkCommand, commandsOf } from "./shell-lines.ts";

/** What the reader has: the pages take it for granted. */
const AMBIENT = `
declare const file: File, voice: Blob, model: File, two: File, picture: File;
declare const video: HTMLVideoElement, canvas: HTMLCanvasElement, bar: HTMLProgressElement;
declare function show(...values: unknown[]): void;
declare function next(reason: string): void;
declare function showFallback(): void;
declare function draw(envelope: Float32Array): void;
declare function askToCut(seconds: number | undefined): void;
declare function showSaveFilePicker(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
`;

/** Names that an earlier block of the same page has. */
const EARLIER = {
  createLipSync: 'import { createLipSync } from "dudak";',
  configureDudak: 'import { configureDudak } from "dudak";',
  lipSync: 'declare const lipSync: import("dudak").LipSync;',
  job: 'declare const job: ReturnType<import("dudak").LipSync["image"]>;',
  output: "declare const output: Blob;",
  error: 'declare const error: import("dudak").EngineError;',
  face: 'declare const face: import("react").Ref<import("dudak/element").LipSyncElement>;',
};

const ENTRIES = {
  dudak: ["./src/engine/lip-sync.ts"],
  "dudak/element": ["./src/element/define.ts"],
  "dudak/react": ["./src/react/react.ts"],
  "dudak/service-worker": ["./src/rest/service-worker/service-worker-registration.ts"],
  "dudak/local-api": ["./src/rest/page/open.ts"],
};

const pages = await docsPages();
const snippets = snippetsOf(pages);
const place = ({ page, line }: Snippet) => `${page}:${line}`;

/** Blocks that are read as scripts: what a page's script elements hold, and JavaScript. */
function scriptsOf(snippet: Snippet): string[] {
  if (snippet.language !== "html") return [snippet.code];
  return [...snippet.code.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    (script) => script[1]!,
  );
}

const declares = (code: string, name: string) =>
  new RegExp(
    `\\b(?:const|using)\\s+(?:\\{[^}=]*)?\\b${name}\\b|import \\{[^}]*\\b${name}\\b|catch \\(${name}\\b`,
  ).test(code);

/** Diagnostics of the snippets' types, each with its place in the documentation. */
function typeErrors(blocks: readonly Snippet[]): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(PROJECT_ROOT, "tsconfig.json"),
    { noUnusedLocals: false, noUnusedParameters: false, moduleDetection: ts.ModuleDetectionKind.Force },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (problem) => expect.fail(String(problem.messageText)) },
  )!;
  const options: ts.CompilerOptions = {
    ...config.options,
    paths: { ...config.options.paths, ...ENTRIES },
    jsx: ts.JsxEmit.ReactJSX,
  };
  const ambient = join(PROJECT_ROOT, "docs", "ambient.d.ts");
  const sources = new Map([[ambient, AMBIENT]]);
  blocks.forEach(({ code, language }, i) => {
    // What a block takes from one before it on its page; each block is a module of its own.
    const before = Object.entries(EARLIER)
      .filter(([name]) => !declares(code, name))
      .map(([, declaration]) => declaration)
      .join(" ");
    sources.set(join(PROJECT_ROOT, "docs", `snippet-${i}.${language}`), `${before}\n${code}`);
  });
  const host = ts.createCompilerHost(options);
  const original = { read: host.readFile, exists: host.fileExists, source: host.getSourceFile };
  host.fileExists = (path) => sources.has(path) || original.exists(path);
  host.readFile = (path) => sources.get(path) ?? original.read(path);
  host.getSourceFile = (path, target) => {
    const text = sources.get(path);
    return text === undefined ? original.source(path, target) : ts.createSourceFile(path, text, target);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources.keys()].slice(1).flatMap((path, i) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(path)).map((problem) => {
      const line = problem.file!.getLineAndCharacterOfPosition(problem.start!).line - 1;
      const { page, line: first } = blocks[i]!;
      return `${page}:${first + line}: ${ts.flattenDiagnosticMessageText(problem.messageText, " ")}`;
    }),
  );
}

/** A snippet that must be found to be wrong; on a page of its own, so that one program checks it and all others. */
const WRONG: Snippet = { page: "x.md", line: 1, language: "ts", code: "lipSync.image({ picture: file });" };
const typed = snippets.filter(({ language }) => language === "ts" || language === "tsx");
const mistakes = typeErrors([...typed, WRONG]);

test("TypeScript of the documentation compiles against the engine, and a wrong snippet does not", () => {
  expect(typed.length).toBeGreaterThan(10);
  expect(mistakes).toEqual([expect.stringMatching(/^x\.md:1: /)]);
});

test("JavaScript of the documentation can be parsed", () => {
  const blocks = snippets.filter(({ language }) => language === "js" || language === "html");
  expect(blocks.length).toBeGreaterThan(3);
  const wrong = blocks.flatMap((block) =>
    scriptsOf(block).flatMap((code) =>
      (ts.transpileModule(code, { reportDiagnostics: true }).diagnostics ?? []).map(
        ({ messageText }) => `${place(block)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
      ),
    ),
  );
  expect(wrong).toEqual([]);
});

test("JSON of the documentation can be parsed", () => {
  for (const block of snippets.filter(({ language }) => language === "json")) {
    expect(() => JSON.parse(block.code) as unknown, place(block)).not.toThrow();
  }
});

test("commands of the documentation exist and take their arguments", async () => {
  const wrong: string[] = [];
  const blocks = snippets.filter(({ language }) => language === "sh" || language === "bash");
  expect(blocks.length).toBeGreaterThan(5);
  for (const block of blocks) {
    for (const command of commandsOf(block.code)) {
      await checkCommand(command).catch((error: unknown) =>
        wrong.push(`${place(block)}: ${command}: ${String(error)}`),
      );
    }
  }
  expect(wrong).toEqual([]);
});

test("a wrong command is found", async () => {
  await expect(checkCommand("npm run nonsense")).rejects.toThrow("nonsense");
  await expect(checkCommand("dudak render --image a.jpg --sound b.mp3")).rejects.toThrow("--sound");
});
