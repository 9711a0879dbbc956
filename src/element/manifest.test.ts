import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../headless/app-build.ts";

interface Declaration {
  readonly tagName?: string;
  readonly attributes: readonly { readonly name: string }[];
  readonly events: readonly { readonly name: string }[];
  readonly members: readonly { readonly kind: string; readonly name: string; readonly privacy?: string }[];
}

test("custom-elements.json tells the attributes, events and methods that the element has, and no others", () => {
  const folder = mkdtempSync(join(tmpdir(), "dudak-manifest-"));
  try {
    const cem = join(PROJECT_ROOT, "node_modules/@custom-elements-manifest/analyzer/cem.js");
    execFileSync(process.execPath, [cem, "analyze", "--outdir", relative(PROJECT_ROOT, folder)], {
      cwd: PROJECT_ROOT,
      stdio: "ignore",
    });
    const manifest = JSON.parse(readFileSync(join(folder, "custom-elements.json"), "utf8")) as {
      modules: readonly { readonly declarations: readonly Declaration[] }[];
    };
    const element = manifest.modules
      .flatMap(({ declarations }) => declarations)
      .find(({ tagName }) => tagName === "lip-sync")!;
    const source = readFileSync(join(PROJECT_ROOT, "src/element/properties.ts"), "utf8");
    const events = readFileSync(join(PROJECT_ROOT, "src/element/events.ts"), "utf8");

    const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).sort();
    const declared = [...source.matchAll(/^ {4}(\w+): (\{.*\}),$/gm)]
      .filter(([, , options]) => !options!.includes("attribute: false"))
      .map(([, name, options]) => /attribute: "([\w-]+)"/.exec(options!)?.[1] ?? name!);
    expect(declared.length).toBeGreaterThan(10);
    expect(names(element.attributes)).toEqual(declared.sort());
    const told = [...events.matchAll(/^ {2}"(lip-sync-\w+)":/gm)].map(([, name]) => name!);
    expect(names(element.events)).toEqual(told.sort());
    const open = element.members.filter(({ kind, privacy }) => kind === "method" && privacy === undefined);
    expect(names(open)).toEqual(
      [
        ...["cancel", "captureStream", "download", "follow", "formResetCallback", "generate"],
        ...["play", "prepare", "speak", "stop"],
      ].sort(),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
