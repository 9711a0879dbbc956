import { readdirSync } from "node:fs";
import asc from "assemblyscript/asc";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";

const SOURCES = "src/core/kernels/assembly";

/** Compiles one of `src/core/kernels/assembly/*.ts` to WebAssembly. @throws Error with the compiler's words. */
async function compile(name: string): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      `${SOURCES}/${name}.ts`,
      ...[
        "--outFile",
        "kernel.wasm",
        "-O3",
        "--runtime",
        "stub",
        "--importMemory",
        "--noExportMemory",
        "--enable",
        "simd",
      ],
      ...["--baseDir", PROJECT_ROOT],
    ],
    {
      writeFile(_file, contents) {
        if (typeof contents !== "string") binary = contents;
      },
    },
  );
  if (error || !binary) throw new Error(`${name}: ${stderr.toString()}`, { cause: error });
  return binary;
}

/** The text of `src/core/kernels/compiled.ts`: every kernel as WebAssembly. */
export async function compiledKernels(): Promise<string> {
  const names = readdirSync(`${PROJECT_ROOT}/${SOURCES}`)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -3))
    .sort();
  const lines: string[] = [];
  for (const name of names) {
    lines.push(`  ${name}: "${Buffer.from(await compile(name)).toString("base64")}",`);
  }
  return [
    "// Made by `npm run kernels` from ./assembly; a test compares the two.",
    "",
    "/** WebAssembly of each kernel, in base64. */",
    "export const COMPILED = {",
    ...lines,
    "} as const;",
    "",
  ].join("\n");
}
