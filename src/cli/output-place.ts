import { usageError } from "../headless/usage-error.ts";
import { rmSync } from "node:fs";
import { mkdir, open, realpath, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** Where a result will lie; nothing is there until it is kept. */
export interface OutputPlace {
  readonly path: string;
  /** The file beside it into which the result is written. */
  readonly partial: string;
  /** Moves the finished file to its place. */
  keep(): Promise<void>;
  /** Removes what is half-made, and the folders that were made for it. */
  discard(): Promise<void>;
  /** The same at once, for a process that is about to end. */
  discardNow(): void;
}

/**
 * Makes sure, before any work, that a result can be written, and that it replaces none of its own sources.
 * @param sources the files that the result is made of.
 * @throws UsageError when `path` is a folder or one of the sources, or when nothing can be written there.
 */
export async function reserveOutput(path: string, sources: readonly string[]): Promise<OutputPlace> {
  const target = resolve(path);
  const folder = dirname(target);
  const partial = `${target}.part`;
  if ((await stat(target).catch(() => undefined))?.isDirectory()) {
    throw usageError("usage/out-is-folder", { path, example: join(path, "film.mp4") });
  }
  const real = await realpath(target).catch(() => undefined);
  for (const source of sources) {
    if (real !== undefined && real === (await realpath(source).catch(() => undefined))) {
      throw usageError("usage/out-is-source", { path });
    }
  }
  let made: string | undefined;
  const discard = async () => {
    await rm(partial, { force: true }).catch(() => undefined);
    for (let empty = folder; made !== undefined && empty.startsWith(made); empty = dirname(empty)) {
      if (
        !(await rmdir(empty).then(
          () => true,
          () => false,
        ))
      )
        return;
    }
  };
  try {
    made = await mkdir(folder, { recursive: true });
    await (await open(partial, "w")).close();
    await rm(partial);
  } catch (error) {
    await discard();
    const { code, message } = error as NodeJS.ErrnoException;
    throw usageError("usage/out-unwritable", { folder, code: code ?? message });
  }
  return {
    path: target,
    partial,
    keep: () => rename(partial, target),
    discard,
    discardNow: () => rmSync(partial, { force: true }),
  };
}
