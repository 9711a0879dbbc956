#!/usr/bin/env node
// The `dudak` command: sets up what is missing, then runs the command line.
process.argv.splice(2, 0, "cli");
await import("../scripts/bootstrap.mjs");
