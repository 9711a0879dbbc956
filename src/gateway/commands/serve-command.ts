import { EXIT } from "../../headless/exit-codes.ts";
import { serve, type Gateway } from "../serve.ts";
import {
  DEFAULT_DATA_DIR,
  explainPort,
  guarded,
  packageVersion,
  startEngineHost,
  untilStopped,
} from "./command.ts";
import { parseServeOptions, SERVE_HELP, type ServeOptions } from "./serve-options.ts";

/**
 * `dudak serve`: runs the gateway until it is told to stop (SIGINT, SIGTERM).
 * @returns the exit code; see {@link EXIT}.
 */
export async function serveCommand(argv: readonly string[]): Promise<number> {
  return guarded("serve", argv.includes("--json"), async () => {
    const options = parseServeOptions(argv, DEFAULT_DATA_DIR);
    if (options.help) {
      console.log(SERVE_HELP);
      return EXIT.ok;
    }
    const gateway = await start(options).catch(explainPort);
    await tell(gateway, options);
    await untilStopped((graceMs) => gateway.close(graceMs), options.drainMs);
    return EXIT.ok;
  });
}

async function start({ front, place, verbose }: ServeOptions): Promise<Gateway> {
  const settings = { ...front, version: await packageVersion() };
  if ("dataDir" in place) {
    return serve({ ...settings, ...place, startHost: () => startEngineHost(verbose) });
  }
  const { serveCluster } = await import("../cluster/serve-cluster.ts");
  return serveCluster({ ...settings, ...place });
}

async function tell(gateway: Gateway, { json, place }: ServeOptions): Promise<void> {
  const url = `${gateway.origin}/api/v1`;
  const { opsOrigin } = gateway;
  const data = "dataDir" in place ? place.dataDir : undefined;
  if (json) {
    console.log(JSON.stringify({ url, data, opsUrl: opsOrigin, pid: process.pid }));
    return;
  }
  const where =
    data === undefined ? "Jobs wait for dudak work on any machine" : `Jobs and keys are in ${data}`;
  console.log(`The lip-sync API is at ${url}\n${where}`);
  if (opsOrigin !== undefined) console.log(`Health and metrics are at ${opsOrigin}`);
  console.log("Stop it with Ctrl-C.");
  const usable = (await gateway.keys.list()).some((key) => key.revokedAt === undefined);
  if (usable) return;
  const options =
    data === DEFAULT_DATA_DIR ? "" : data === undefined ? " --redis … --storage …" : ` --data "${data}"`;
  console.log(`There is no API key yet. Create one: dudak keys create --name NAME${options}`);
}
