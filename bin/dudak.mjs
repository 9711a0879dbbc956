#!/usr/bin/env node
// The `dudak` command. In the npm package it is built; in the project's own folder it first sets up what is missing.
import { existsSync } from "node:fs";

const setUp = new URL("../tools/bootstrap.mjs", import.meta.url);
if (existsSync(setUp)) {
  process.argv.splice(2, 0, "cli");
  await import(setUp.href);
} else {
  await import("../lib/node/cli.js");
}
