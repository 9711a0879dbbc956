import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { reasonOf, runStep } from "./setup-step.mjs";

/** Wipes a terminal's line. */
const WIPE = "\r\u001b[K";

/** What is shown of a step, on a terminal or elsewhere. */
async function shown(terminal: boolean, script: string, label = "doing it") {
  const stream = Object.assign(new PassThrough(), { isTTY: terminal }) as unknown as NodeJS.WriteStream;
  const ended = await runStep(label, process.execPath, ["-e", script], { stream });
  return { ...ended, text: String((stream as unknown as PassThrough).read() ?? "") };
}

const NOISE = `for (let i = 0; i < 40; i++) console.error("    at frame " + i);
  console.error("Error: getaddrinfo ENOTFOUND somewhere"); process.exitCode = 3;`;

test("a step that fails with forty lines shows one, and says why to its caller", async () => {
  const { code, said, text } = await shown(false, NOISE);
  expect(text).toBe("dudak: doing it …\n");
  expect(code).toBe(3);
  expect(reasonOf(said)).toBe("getaddrinfo ENOTFOUND somewhere");
});

test("a terminal sees a bar that is wiped, then a tick", async () => {
  const script = `console.log("|■■■ | 40% of 150 MiB"); setTimeout(() => {}, 500);`;
  const { code, text } = await shown(true, script);
  expect(code).toBe(0);
  expect(text).toContain("████████░░░░░░░░░░░░ 40 % doing it");
  expect(text.slice(text.lastIndexOf(WIPE) + WIPE.length)).toMatch(/^✓ doing it \(\d+ s\)\n$/);
});

test("a terminal sees nothing of a failed step in the end", async () => {
  const { text } = await shown(true, NOISE);
  expect(text.endsWith(WIPE)).toBe(true);
});

test("a program that is not there ends with 127", async () => {
  const stream = Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.WriteStream;
  const { code, said } = await runStep("x", "no-such-program-here", [], { stream });
  expect(code === 127 || process.platform === "win32").toBe(true);
  expect(said).not.toBe("");
});

test("nothing is shown of a step that is done soon", async () => {
  const stream = Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.WriteStream;
  await runStep("x", process.execPath, ["-e", ""], { stream, silentMs: 60_000 });
  expect((stream as unknown as PassThrough).read()).toBeNull();
});

test("the reason is told without colours, and without what the driver says of its own tidying up", () => {
  const said = `browserType.launch: browser has been closed
\u001b[2m  - [pid=7] exception while trying to kill process: Error: kill ESRCH\u001b[22m
\u001b[2m  - [pid=7] error while loading shared libraries: libnss3.so\u001b[22m\n`;
  expect(reasonOf(said)).toBe("[pid=7] error while loading shared libraries: libnss3.so");
  expect(reasonOf("[FATAL:zygote] No usable sandbox! See docs")).toContain("No usable sandbox");
  expect(reasonOf("\n")).toBe("it gave no reason");
});
