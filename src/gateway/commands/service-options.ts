import { oneOf } from "../../headless/option-values.ts";
import { COMMON_OPTIONS, type OptionTable } from "../../headless/words/help-page.ts";
import { sentence } from "../../headless/words/words.ts";
import { LOG_LEVELS, type LogOptions } from "../observe/log.ts";

/** Seconds that jobs have to come to their end. */
export const DRAIN_SECONDS = 25;

/** Options of every command that runs until it is told to stop. */
export const SERVICE_OPTIONS = {
  log: {
    type: "string",
    value: "{LEVEL}",
    text: sentence("serve:log"),
    initial: sentence("serve:logLevel"),
  },
  "log-content": { type: "boolean", text: sentence("serve:logContent") },
  drain: {
    type: "string",
    value: "{SECONDS}",
    text: sentence("serve:drain"),
    initial: String(DRAIN_SECONDS),
  },
  json: { type: "boolean", text: sentence("serve:json") },
  verbose: { type: "boolean", text: sentence("help:browserLog") },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

/** The log that a command line asks for. */
export function logOptions(values: {
  log?: string | undefined;
  "log-content"?: boolean | undefined;
}): LogOptions {
  const level = oneOf(values.log, "--log", LOG_LEVELS) ?? (process.stderr.isTTY ? "warn" : "info");
  return { level, content: values["log-content"] ?? false };
}
