import { EXIT } from "../../headless/exit-codes.ts";
import { helpText } from "../../headless/words/help-page.ts";
import type { CliWords } from "../../headless/words/words.ts";
import { serve, type Gateway } from "../serve.ts";
import { sayWaiting } from "./cluster-options.ts";
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
  return guarded("serve", argv.includes("--json"), async (words) => {
    const options = parseServeOptions(argv, DEFAULT_DATA_DIR);
    if (options.help) {
      console.log(helpText(SERVE_HELP, words));
      return EXIT.ok;
    }
    const gateway = await start(options, words).catch(explainPort);
    await tell(gateway, options, words);
    await untilStopped((graceMs) => gateway.close(graceMs), options.drainMs);
    return EXIT.ok;
  });
}

async function start({ front, place, verbose }: ServeOptions, words: CliWords): Promise<Gateway> {
  const settings = { ...front, version: await packageVersion() };
  if ("dataDir" in place) {
    return serve({ ...settings, ...place, startHost: () => startEngineHost(verbose) });
  }
  const { serveCluster } = await import("../cluster/serve-cluster.ts");
  return serveCluster({ ...settings, ...place, onWaiting: sayWaiting(words) });
}

async function tell(gateway: Gateway, { json, place }: ServeOptions, { say }: CliWords): Promise<void> {
  const url = `${gateway.origin}/api/v1`;
  const { opsOrigin } = gateway;
  const data = "dataDir" in place ? place.dataDir : undefined;
  if (json) {
    console.log(JSON.stringify({ url, data, opsUrl: opsOrigin, pid: process.pid }));
    return;
  }
  const where = data === undefined ? say("serve:workers") : say("serve:here", { folder: data });
  console.log(`${say("serve:at", { address: url })}\n${where}`);
  if (opsOrigin !== undefined) console.log(say("serve:ops", { address: opsOrigin }));
  console.log(say("stopIt"));
  const usable = (await gateway.keys.list()).some((key) => key.revokedAt === undefined);
  if (usable) return;
  const options =
    data === DEFAULT_DATA_DIR ? "" : data === undefined ? " --redis … --storage …" : ` --data "${data}"`;
  const command = `dudak keys create --name ${say("arg:NAME")}${options}`;
  console.log(say("serve:noKey", { command }));
}
