import { execFileSync } from "node:child_process";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { PROJECT_ROOT } from "../../src/headless/app-build.ts";

/** Facts without which a speed means nothing. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly browser: string;
  readonly revision: string;
}

/** Reads the facts of this machine. */
export function machineFacts(browser: string): MachineFacts {
  let revision = "unknown";
  try {
    revision = execFileSync("git", ["describe", "--always", "--dirty"], {
      cwd: PROJECT_ROOT,
      encoding: "utf8",
    }).trim();
  } catch {
    // A copy without git has no revision.
  }
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    browser,
    revision,
  };
}
