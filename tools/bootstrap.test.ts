import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../src/headless/project-root.ts";

test("each npm script that sets itself up names a command that there is", () => {
  const bootstrap = join(PROJECT_ROOT, "tools", "bootstrap.mjs");
  const { stderr } = spawnSync(process.execPath, [bootstrap, "nothing"], { encoding: "utf8" });
  const known = /known: (.*)\./.exec(stderr)![1]!.split(", ");
  const { scripts } = JSON.parse(readFileSync(join(PROJECT_ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const named = Object.values(scripts).flatMap((script) =>
    [...script.matchAll(/bootstrap\.mjs ([a-z]+)/g)].map(([, command]) => command!),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((command) => !known.includes(command))).toEqual([]);
});

test("a Node that is too old is told in one line, before anything else is loaded", () => {
  const old = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.4" } })`;
  const command = join(PROJECT_ROOT, "bin", "dudak.mjs");
  const ended = spawnSync(process.execPath, ["--import", `data:text/javascript,${old}`, command], {
    encoding: "utf8",
  });
  expect(ended.status).toBe(1);
  expect(ended.stderr).toMatch(/^dudak: Node 18\.20\.4 is too old\. .* \[setup\/node\]\n$/);
});
