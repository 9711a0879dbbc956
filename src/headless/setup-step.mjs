// A step of setting up, told in one line. Uses nothing but Node, so that it works in a fresh clone.
import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const WIDTH = 20;
const REDRAW_MS = 120;
/** What is kept of a program's output, to say why it failed. */
const KEPT = 20_000;

/**
 * The line of a step that goes on.
 * @param {string} label
 * @param {number} ms since it began
 * @param {number | undefined} percent
 */
function drawn(label, ms, percent) {
  const seconds = `${Math.floor(ms / 1000)} s`;
  if (percent === undefined) {
    return `${SPINNER[Math.floor(ms / REDRAW_MS) % SPINNER.length]} ${label} (${seconds})`;
  }
  const filled = Math.round((percent / 100) * WIDTH);
  return `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${percent} % ${label} (${seconds})`;
}

/**
 * Runs a program as one step of setting up. What it prints is kept back: a terminal sees a bar, or a spinner where the
 * program names no percentage; anything else sees one line.
 * @param {string} label what is done, for instance "installing packages"
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, stream?: NodeJS.WriteStream, silentMs?: number }} [options] `stream` is the standard error
 * unless told otherwise; nothing is shown of a step that is done within `silentMs`
 * @returns {Promise<{ code: number, said: string }>} how it ended (127 when it could not be started), and what it
 * printed last
 */
export async function runStep(label, program, args, { cwd, stream = process.stderr, silentMs = 0 } = {}) {
  const terminal = stream.isTTY === true && !process.env.DUDAK_VERBOSE;
  const began = Date.now();
  let said = "";
  let percent;
  let shown = false;
  const child = spawn(program, [...args], {
    ...(cwd ? { cwd } : {}),
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32" && !/\.exe$/i.test(program),
  });
  const hear = (data) => {
    const text = String(data);
    said = (said + text).slice(-KEPT);
    const told = [...text.matchAll(/\b(\d{1,3})\s?%/g)].at(-1)?.[1];
    if (told !== undefined) percent = Math.min(100, Number(told));
    if (process.env.DUDAK_VERBOSE) stream.write(text);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const show = () => {
    if (Date.now() - began < silentMs) return;
    if (terminal) stream.write(`\r\u001b[K${drawn(label, Date.now() - began, percent)}`);
    else if (!shown) stream.write(`dudak: ${label} …\n`);
    shown = true;
  };
  show();
  const timer = setInterval(show, REDRAW_MS);
  const code = await new Promise((resolve) => {
    child.once("error", (error) => {
      said += error.message;
      resolve(127);
    });
    child.once("close", (status) => resolve(status ?? 1));
  });
  clearInterval(timer);
  if (terminal && shown) {
    const done = code === 0 ? `✓ ${label} (${Math.round((Date.now() - began) / 1000)} s)\n` : "";
    stream.write(`\r\u001b[K${done}`);
  }
  return { code, said };
}

/**
 * Why a program failed, in a few words, from what it printed: its first line that names an error.
 * @param {string} said
 */
export function reasonOf(said) {
  const lines = stripVTControlCharacters(said)
    .split("\n")
    .map((line) => line.trim().replace(/^- /, ""))
    .filter((line) => line !== "" && !/trying to kill process/.test(line));
  const line = lines.find((text) =>
    /\b(error|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|failed)\b|No usable sandbox/i.test(text),
  );
  return (line ?? lines.at(-1) ?? "it gave no reason").replace(/^Error: /, "").slice(0, 120);
}
