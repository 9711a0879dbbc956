import { EXIT, UsageError } from "../../headless/exit-codes.ts";
import { CLUSTER_HELP, CLUSTER_OPTIONS, clusterAddress } from "./cluster-options.ts";
import { explainPort, guarded, startEngineHost, untilStopped } from "./command.ts";
import { parseLine } from "../../headless/parse-line.ts";
import { logOptions, SERVICE_HELP, SERVICE_OPTIONS, whole } from "./option-values.ts";

const WORK_HELP = `Usage: dudak work --redis URL --storage URL [options]

Runs jobs of gateways on other machines (dudak serve --redis … --storage …) in headless browsers on this one.

  --concurrency N         jobs at the same time, each in its own browser (default 1)
  --max-size MB           largest file that is fetched (default 2000)
  --allow-private-urls    also fetch from private addresses
  --ops-port N            /livez, /readyz and /metrics on this port
  --host ADDRESS          where that port is (default 127.0.0.1)
${SERVICE_HELP}

${CLUSTER_HELP}`;

/**
 * `dudak work`: runs jobs until it is told to stop (SIGINT, SIGTERM).
 * @returns the exit code; see {@link EXIT}.
 */
export async function workCommand(argv: readonly string[]): Promise<number> {
  return guarded("work", argv.includes("--json"), async () => {
    const { values } = parseLine(argv, {
      ...SERVICE_OPTIONS,
      ...CLUSTER_OPTIONS,
      concurrency: { type: "string" },
      "max-size": { type: "string" },
      "allow-private-urls": { type: "boolean" },
      "ops-port": { type: "string" },
      host: { type: "string" },
    });
    if (values.help) {
      console.log(WORK_HELP);
      return EXIT.ok;
    }
    const concurrency = whole(values.concurrency, "--concurrency", 1, 64);
    const maxSize = whole(values["max-size"], "--max-size", 1, 100_000);
    const opsPort = whole(values["ops-port"], "--ops-port", 0, 65_535);
    const drainMs = (whole(values.drain, "--drain", 0, 86_400) ?? 25) * 1000;
    const cluster = clusterAddress(values);
    if (!cluster) throw new UsageError("A worker needs to know where jobs are: --redis URL --storage URL.");
    const { work } = await import("../cluster/work.ts");
    const worker = await work({
      ...cluster,
      concurrency,
      ...(maxSize === undefined ? {} : { maxBytes: maxSize * 1e6 }),
      allowPrivateUrls: values["allow-private-urls"] ?? false,
      opsPort,
      host: values.host,
      log: logOptions(values),
      startHost: () => startEngineHost(values.verbose ?? false),
    }).catch(explainPort);
    const { opsOrigin } = worker;
    if (values.json) console.log(JSON.stringify({ opsUrl: opsOrigin, pid: process.pid }));
    else {
      console.log("Waiting for jobs. Stop with Ctrl-C.");
      if (opsOrigin !== undefined) console.log(`Health and metrics are at ${opsOrigin}`);
    }
    await untilStopped((graceMs) => worker.close(graceMs), drainMs);
    return EXIT.ok;
  });
}
