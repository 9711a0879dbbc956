#!/usr/bin/env node
// The `dudak` command. In the npm package it is built; in the project's own folder it first sets up what is missing.
import { existsSync } from "node:fs";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `dudak: Node ${process.versions.node} is too old. Install Node 20.19 or newer from https://nodejs.org. [setup/node]`,
  );
  process.exit(1);
}

const setUp = new URL("../tools/bootstrap.mjs", import.meta.url);
if (existsSync(setUp)) {
  process.argv.splice(2, 0, "cli");
  await import(setUp.href);
} else {
  await import("../lib/node/cli.js");
}
