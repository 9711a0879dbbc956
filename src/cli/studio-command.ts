import { parseArgs } from "node:util";
import { serveApp } from "../headless/app-server.ts";
import { wordsHere } from "./cli-words.ts";
import { EXIT, UsageError } from "../headless/exit-codes.ts";
import { appFolders } from "../headless/installation.ts";

const HELP = `Usage: dudak studio [options]

Serves the studio page on this machine until it is stopped with Ctrl-C.

  --port N         [5173, or a free one when it is taken]
  --host ADDRESS   [127.0.0.1]
  --help`;

/**
 * `dudak studio` and `npm start`: serves the studio; the process stays until it is stopped.
 * @returns the exit code; see {@link EXIT}.
 */
export async function studioCommand(argv: readonly string[]): Promise<number> {
  let values;
  const { say } = await wordsHere();
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        port: { type: "string" },
        host: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    console.error(
      `dudak: ${new UsageError((error as Error).message).message} ${say("seeHelp", { command: "studio" })}`,
    );
    return EXIT.usage;
  }
  if (values.help) {
    console.log(HELP);
    return EXIT.ok;
  }
  const port = Number(values.port ?? 5173);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    console.error(`dudak: --port must be a whole number from 0 to 65535, not "${values.port!}".`);
    return EXIT.usage;
  }
  const host = values.host ?? "127.0.0.1";
  const folders = await appFolders();
  try {
    const server = await serveApp(folders, { host, port, compress: true }).catch((error: unknown) => {
      if (values.port !== undefined) throw error;
      return serveApp(folders, { host, compress: true });
    });
    console.log(`${say("studioAt", { address: server.origin })}\n${say("stopIt")}`);
    return EXIT.ok;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    console.error(`dudak: ${say("cannotListen", { code: code ?? String(error) })}`);
    return EXIT.usage;
  }
}
