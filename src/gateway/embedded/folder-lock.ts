import { open, readFile, rm } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { toldError } from "../../headless/told-error.ts";

/**
 * Writes who runs into a new file; the file of a process that is no longer there is replaced.
 * A process id alone does not tell: after a restart of the machine another program may have it.
 */
export async function lockFolder(path: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(path, "wx", 0o600);
      await file.writeFile(`${String(process.pid)} ${await startOf(process.pid)}`.trim());
      await file.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const [pid, start] = await readLock(path);
    if (pid > 0 && pid !== process.pid && (await isRunning(pid, start))) {
      throw toldError("storage/failed", undefined, "host/folder-taken", { pid: String(pid), path });
    }
    await rm(path, { force: true });
  }
}

/** Id and start of the process that holds the lock; one that has just made the file gets a moment to write. */
async function readLock(path: string): Promise<[pid: number, start: string]> {
  let text = "";
  for (let attempt = 0; attempt < 5 && text === ""; attempt++) {
    if (attempt > 0) await setTimeout(100);
    text = await readFile(path, "utf8").catch(() => "gone");
  }
  const [pid = "", ...start] = text.split(" ");
  return [Number(pid) || 0, start.join(" ")];
}

/** Whether the process of this id and start runs; where starts cannot be known, whether there is one of this id. */
async function isRunning(pid: number, start: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const now = await startOf(pid);
  return start === "" || now === "" || now === start;
}

/** When a process began, as text that no other process of this id has; empty where the system does not tell it. */
async function startOf(pid: number): Promise<string> {
  try {
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    const stat = await readFile(`/proc/${String(pid)}/stat`, "utf8");
    // Field 22; the second one, the program's name in brackets, may hold spaces.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]!;
    return `${boot.trim()} ${ticks}`;
  } catch {
    return "";
  }
}
