import { dudak } from "./dudak.ts";

// npm runs scripts in the project's folder; the user's paths are meant from where the user stands.
const standing = process.env["DUDAK_CWD"];
if (standing) process.chdir(standing);

process.exitCode = await dudak(process.argv.slice(2));
