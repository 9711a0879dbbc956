import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { launchBrowser } from "./browser-driver.ts";
import { failureText } from "./failure-text.ts";
import type { ToldError } from "./told-error.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak-browser-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** What starting the browser at a path fails with. */
async function failing(path: string): Promise<ToldError> {
  vi.stubEnv("DUDAK_BROWSER", path);
  return launchBrowser().then(
    () => expect.fail("it started"),
    (error: unknown) => error as ToldError,
  );
}

test("a browser that is not where DUDAK_BROWSER says is told by its path", async () => {
  const path = join(folder, "no-browser");
  const failure = await failing(path);
  expect(failure).toMatchObject({ code: "device/backend", told: { id: "host/browser-path" } });
  expect(failure.message).toContain(path);
});

// A shell script stands for the browser.
test.skipIf(process.platform === "win32")("a browser that does not start says why, in one line", async () => {
  const path = join(folder, "broken");
  await writeFile(path, "#!/bin/sh\necho 'error while loading shared libraries: libnss3.so' >&2\nexit 127\n");
  await chmod(path, 0o755);
  const failure = await failing(path);
  expect(failure).toMatchObject({ code: "device/backend", told: { id: "host/browser-start" } });
  for (const LANG of ["C", "de_DE.UTF-8", "ja_JP.UTF-8"]) {
    const text = await failureText(failure, { LANG });
    expect(text).toContain("libnss3.so");
    expect(text).not.toContain("\n");
    expect(text).toMatch(/ \[device\/backend\]$/);
  }
});
