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
