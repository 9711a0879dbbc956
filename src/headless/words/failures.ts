import { msg } from "../../job/sentences/message.ts";

/** Why the command line or the gateway cannot work on this machine, in English; `instead:CODE` takes the place of what the studio says of an error. */
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
  "host/no-s3": msg(
    "The storage at {address} cannot be reached ({reason}). Check --storage, its endpoint and that it runs.",
    { id: "host/no-s3" },
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
  "instead:input/missing": msg("Something is missing. Name a picture or a video, and a voice.", {
    id: "instead:input/missing",
  }),
  "instead:input/field": msg("A setting has a value that does not fit. --help says what it may be.", {
    id: "instead:input/field",
  }),
  "instead:input/audio": msg(
    "This file could not be read as a sound. Name an MP3, WAV, M4A, OGG or FLAC file.",
    { id: "instead:input/audio" },
  ),
  "instead:input/audio-too-long": msg("The voice is too long. Cut it, or allow more with --max-seconds.", {
    id: "instead:input/audio-too-long",
  }),
  "instead:input/one-face": msg(
    "Only one face was found. A dialogue needs two: name a picture with two faces, or one voice with --audio.",
    { id: "instead:input/one-face" },
  ),
  "instead:input/mask": msg(
    "The mask could not be read as a picture. Name a PNG or JPEG file with --mask, or leave it out.",
    { id: "instead:input/mask" },
  ),
  "instead:device/lost": msg(
    "A part of the engine stopped. Try again; if it happens once more, give --backend wasm.",
    { id: "instead:device/lost" },
  ),
  "instead:device/memory": msg(
    "The browser refused the memory that this job needs. End other programs, or give --resolution 480p.",
    { id: "instead:device/memory" },
  ),
  "instead:device/backend": msg("WebGPU is not there. Give --backend wasm; it makes the same frames.", {
    id: "instead:device/backend",
  }),
  "instead:model/load": msg(
    "A model could not be loaded. The installation may be incomplete; install Dudak again.",
    { id: "instead:model/load" },
  ),
  "instead:model/unsupported": msg("This model cannot run here. Name another one with --model, or none.", {
    id: "instead:model/unsupported",
  }),
  "instead:model/licence": msg(
    "This model comes with terms that were not accepted. Read them, then give --accept-model-licence.",
    { id: "instead:model/licence" },
  ),
  "instead:storage/full": msg("There is no storage left. Free some space and try again.", {
    id: "instead:storage/full",
  }),
  "instead:storage/failed": msg(
    "Something could not be saved. Check permissions and the space on the disk.",
    { id: "instead:storage/failed" },
  ),
} as const;
