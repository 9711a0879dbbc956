import { msg } from "../../job/sentences/message.ts";

/** Why the command line or the gateway cannot work on this machine, in English. */
export const FAILURES = {
  "host/no-file": msg("There is no file {path} ({role}). Check its name and folder.", { id: "host/no-file" }),
  "host/folder": msg("{path} ({role}) is a folder. Name a file in it.", { id: "host/folder" }),
  "host/no-ordinary-file": msg("{path} ({role}) is no ordinary file. Save it to one and name that.", {
    id: "host/no-ordinary-file",
  }),
  "host/file-forbidden": msg("{path} ({role}) may not be read. Change its permissions, or name a copy.", {
    id: "host/file-forbidden",
  }),
  "host/manifest": msg("The manifest {path} could not be read as JSON. Check its name and contents.", {
    id: "host/manifest",
  }),
  "host/no-driver": msg(
    "The command line drives a browser through the package playwright-core, which is not installed. Run npm install playwright-core and try again.",
    { id: "host/no-driver" },
  ),
  "host/no-browser": msg(
    "No browser could be found or downloaded ({reason}). Install Chrome, Chromium or Edge, or set DUDAK_BROWSER to its path. dudak studio needs none.",
    { id: "host/no-browser" },
  ),
  "host/browser-path": msg(
    "There is no browser at {path}, which DUDAK_BROWSER names. Correct it, or unset it to use an installed one.",
    { id: "host/browser-path" },
  ),
  "host/browser-start": msg(
    "The browser {path} could not be started ({reason}). Start it by hand to see why, or set DUDAK_BROWSER to the path of another.",
    { id: "host/browser-start" },
  ),
  "host/browser-stopped": msg("The browser stopped in the middle of the job; run it again.", {
    id: "host/browser-stopped",
  }),
  "host/cancelled": msg("The job was cancelled.", { id: "host/cancelled" }),
  "host/folder-unusable": msg(
    "The gateway's folder {folder} cannot be used ({code}). Choose another with --data, or change its permissions.",
    { id: "host/folder-unusable" },
  ),
  "host/folder-taken": msg(
    "Another gateway (process {pid}) uses this folder. Stop it, or choose another with --data. If that process is no gateway, delete {path}.",
    { id: "host/folder-taken" },
  ),
  "host/no-database": msg("The gateway's database engine is not installed. Install it: npm install libsql", {
    id: "host/no-database",
  }),
  "host/later-version": msg(
    "A later version of Dudak wrote {path}. Use that version, or choose another folder with --data.",
    { id: "host/later-version" },
  ),
  "host/no-redis": msg(
    "Redis at {address} cannot be reached ({reason}). Check --redis, the password and that it runs.",
    { id: "host/no-redis" },
  ),
  "host/no-job": msg("There is no job {id}; see dudak jobs list.", { id: "host/no-job" }),
  "host/job-finished": msg("Job {id} is finished; there is nothing to cancel.", { id: "host/job-finished" }),
  "host/job-unfinished": msg("Job {id} is not finished. Cancel it first.", { id: "host/job-unfinished" }),
  "host/file-removed": msg("A file of this job was removed. Submit it anew with its media.", {
    id: "host/file-removed",
  }),
  "host/path-unusable": msg(
    "{path} cannot be used ({code}). Check that it is there, its permissions and the space on the disk, or choose another place.",
    { id: "host/path-unusable" },
  ),
} as const;
