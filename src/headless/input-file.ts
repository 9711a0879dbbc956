import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { EngineError } from "../job/errors.ts";

/**
 * Makes sure that a file that the user named can be read.
 * @param role what it is for, in brackets behind its name.
 * @throws EngineError `input/missing`, with what is wrong and what to do.
 */
export async function requireFile(path: string, role: string): Promise<void> {
  const refuse = (why: string, cause?: unknown): never => {
    throw new EngineError("input/missing", why, { cause });
  };
  const info = await stat(path).catch((cause: unknown) =>
    refuse(`There is no file ${path} (${role}).`, cause),
  );
  if (info.isDirectory()) refuse(`${path} (${role}) is a folder. Name a file in it.`);
  if (!info.isFile()) refuse(`${path} (${role}) is no ordinary file. Save it to one and name that.`);
  await access(path, constants.R_OK).catch((cause: unknown) =>
    refuse(`${path} (${role}) may not be read. Change its permissions, or name a copy.`, cause),
  );
}
