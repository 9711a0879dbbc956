import { createHash } from "node:crypto";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../src/headless/app-build.ts";
import type { ReportDocument } from "../../src/job/report/report-document.ts";
import { startSilence } from "../cluster/services.ts";
import { createEngineHost } from "../../src/headless/engine-host.ts";

const PORTRAIT = join(PROJECT_ROOT, "tests/fixtures/portrait.jpg");
let folder = "";
let shortVoice = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak cli é "));
  shortVoice = join(folder, "ses dosyası.mp3");
  const whole = await readFile(join(PROJECT_ROOT, "tests/fixtures/voice.mp3"));
  await writeFile(shortVoice, whole.subarray(0, 6000));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function dudak(argv: readonly string[], onStart?: (child: ChildProcess) => void): Promise<Ended> {
  return node(["--import", "tsx", join(PROJECT_ROOT, "src/cli/cli.ts"), ...argv], onStart);
}

function node(argv: readonly string[], onStart?: (child: ChildProcess) => void): Promise<Ended> {
  // Detached: a group of its own, to which signals can be sent as a terminal sends them.
  const env = { ...process.env, LC_ALL: "C" };
  const child = spawn(process.execPath, argv, { cwd: PROJECT_ROOT, detached: true, env });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  onStart?.(child);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

test("a wrong command line exits with 2 and points to the help", async () => {
  const { code, stderr } = await dudak(["render", "--image", PORTRAIT]);
  expect(code).toBe(2);
  expect(stderr).toContain("--audio");
  expect((await dudak(["nonsense"])).code).toBe(2);
});

test("the command that sets itself up leaves the standard output to its answer", async () => {
  const data = join(folder, "data");
  const { code, stdout } = await node(["bin/dudak.mjs", "keys", "create", "--json", "--data", data]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ key: expect.stringMatching(/^sk_/) as string });
});

test("whoever stops the command stops the gateway that it started", async () => {
  const data = join(folder, "data");
  let child: ChildProcess | undefined;
  const ended = node(["bin/dudak.mjs", "serve", "--port", "0", "--json", "--data", data], (started) => {
    child = started;
  });
  const line = await new Promise<string>((resolve) => {
    child!.stdout!.once("data", (bytes: Buffer) => resolve(bytes.toString()));
  });
  const { url, pid } = JSON.parse(line) as { url: string; pid: number };
  expect((await fetch(`${url}/health`)).status).toBe(200);
  child!.kill("SIGTERM");
  expect((await ended).code).toBe(0);
  expect(() => process.kill(pid, 0)).toThrow();
});

test("a gateway whose Redis never answers says what it waits for, and Ctrl-C ends it", async () => {
  const silence = await startSilence();
  const redis = `redis://127.0.0.1:${String(silence.port)}`;
  let child: ChildProcess | undefined;
  const ended = dudak(["serve", "--redis", redis, "--storage", `file://${encodeURI(folder)}`], (started) => {
    child = started;
    started.stderr!.once("data", () => started.kill("SIGINT"));
  });
  const { stdout, stderr } = await ended;
  expect(child!.signalCode).toBe("SIGINT");
  expect(stderr).toContain(`Redis at 127.0.0.1:${String(silence.port)} does not answer yet`);
  expect(stdout).toBe("");
  await silence.close();
});

test("a file that is not there exits with 3, and --json carries the code", async () => {
  const argv = ["render", "--image", join(folder, "nobody.png"), "--audio", shortVoice, "--json"];
  const { code, stdout } = await dudak([...argv, "--out", join(folder, "x.mp4")]);
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ errorCode: "input/missing" });
});

test("--json carries the facts behind a failure in the browser", async () => {
  const voice = join(PROJECT_ROOT, "tests/fixtures/voice.mp3");
  const argv = ["render", "--image", PORTRAIT, "--audio", voice, "--max-seconds", "1", "--json"];
  const { code, stdout } = await dudak([...argv, "--out", join(folder, "x.mp4")]);
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({
    errorCode: "input/audio-too-long",
    details: { limits: { most: 1 }, unit: "seconds" },
  });
});

test("names with spaces and accents work, and --json tells the result", async () => {
  const out = join(folder, "çıktı 1.mp4");
  const { code, stdout } = await dudak([
    "render",
    "--image",
    PORTRAIT,
    "--audio",
    shortVoice,
    "--out",
    out,
    "--json",
    "--seed",
    "3",
    "--report",
  ]);
  expect(code).toBe(0);
  const result = JSON.parse(stdout) as { output: string; seed: number; report: { frames: number } };
  expect(result).toMatchObject({ output: out, seed: 3 });
  expect(result.report.frames).toBeGreaterThan(20);
  expect((await stat(out)).size).toBeGreaterThan(10_000);

  // The report beside it: hashes of the very files, and a page that needs nothing else.
  const report = JSON.parse(await readFile(join(folder, "çıktı 1.report.json"), "utf8")) as ReportDocument;
  const hash = createHash("sha256").update(await readFile(out));
  expect(report).toMatchObject({ seed: 3, output: { name: "çıktı 1.mp4", sha256: hash.digest("hex") } });
  const [voice] = report.result.timeline!.voices;
  expect(Math.max(...voice!.aperture)).toBeGreaterThan(0.2);
  expect(await readFile(join(folder, "çıktı 1.report.html"), "utf8")).toContain("ses dosyası.mp3");
});

test.skipIf(process.platform === "win32")("Ctrl-C exits with 130 and leaves nothing half-made", async () => {
  const made = join(folder, "made for it");
  const out = join(made, "cancelled.mp4");
  const voice = join(PROJECT_ROOT, "tests/fixtures/voice.mp3");
  const argv = ["render", "--image", PORTRAIT, "--audio", voice, "--out", out, "--json"];
  const { code, stdout } = await dudak(argv, (child) => {
    child.stderr?.on("data", (data: Buffer) => {
      if (data.toString().includes("rendering")) process.kill(-child.pid!, "SIGINT");
    });
  });
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ errorCode: "job/cancelled" });
  expect(existsSync(made)).toBe(false);
});

test("a browser that dies while nothing is done is replaced", async () => {
  const host = await createEngineHost();
  try {
    const session = await (await host.page()).context().browser()!.newBrowserCDPSession();
    await session.send("Browser.crash").catch(() => undefined);
    const answer = async () => (await host.page()).evaluate("1 + 1");
    await expect.poll(() => answer().catch(() => "dead")).toBe(2);
    expect(await host.healthy()).toBe(true);
  } finally {
    await host.close();
  }
});

test("without cross-origin isolation the same job runs on one thread", async () => {
  const host = await createEngineHost();
  try {
    const page = await host.page();
    await page.route("**/*", async (route) => {
      const response = await route.fetch();
      const headers = response.headers();
      delete headers["cross-origin-opener-policy"];
      delete headers["cross-origin-embedder-policy"];
      await route.fulfill({ response, headers });
    });
    await page.reload();
    await page.waitForFunction("window.dudakHost !== undefined");
    expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(false);
    const outputPath = join(folder, "single.mp4");
    const formState = { image: { path: PORTRAIT }, audio: { path: shortVoice } };
    const { result } = await host.run({ model: "lipsync-image", formState, outputPath });
    expect(result.report.backend).toBe("wasm");
    expect((await stat(outputPath)).size).toBeGreaterThan(10_000);
  } finally {
    await host.close();
  }
});

test("after the browser died the next job works", async () => {
  const host = await createEngineHost();
  try {
    const formState = {
      image: { path: PORTRAIT },
      audio: { path: join(PROJECT_ROOT, "tests/fixtures/voice.mp3") },
    };
    const browser = (await host.page()).context().browser()!;
    const running = host.run(
      { model: "lipsync-image", formState, outputPath: join(folder, "lost.mp4") },
      { onProgress: ({ stage }) => void (stage === "rendering" && browser.close()) },
    );
    await expect(running).rejects.toMatchObject({ code: "device/lost" });
    const outputPath = join(folder, "next.mp4");
    await host.run({
      model: "lipsync-image",
      formState: { ...formState, audio: { path: shortVoice } },
      outputPath,
    });
    expect((await stat(outputPath)).size).toBeGreaterThan(10_000);
  } finally {
    await host.close();
  }
});
