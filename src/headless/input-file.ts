import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { toldError } from "./told-error.ts";

/**
 * Makes sure that a file that the user named can be read.
 * @param role what it is for, in brackets behind its name.
 * @throws EngineError `input/missing`, with what is wrong and what to do.
 */
export async function requireFile(path: string, role: string): Promise<void> {
  const about = { path, role };
  const info = await stat(path).catch((cause: unknown) => {
    throw toldError("input/missing", cause, "host/no-file", about);
  });
  if (info.isDirectory()) throw toldError("input/missing", undefined, "host/folder", about);
  if (!info.isFile()) throw toldError("input/missing", undefined, "host/no-ordinary-file", about);
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw toldError("input/missing", cause, "host/file-forbidden", about);
  });
}
