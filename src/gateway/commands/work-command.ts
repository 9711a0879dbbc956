import { EXIT } from "../../headless/exit-codes.ts";
import { whole } from "../../headless/option-values.ts";
import { noWords, parseLine } from "../../headless/parse-line.ts";
import { usageError } from "../../headless/usage-error.ts";
import { helpText, rowsOf, type HelpPage, type OptionTable } from "../../headless/words/help-page.ts";
import { sentence } from "../../headless/words/words.ts";
import { CLUSTER_HELP, CLUSTER_OPTIONS, clusterAddress, sayWaiting } from "./cluster-options.ts";
import { explainPort, guarded, startEngineHost, untilStopped } from "./command.ts";
import { DRAIN_SECONDS, logOptions, SERVICE_OPTIONS } from "./service-options.ts";

const OPTIONS = {
  concurrency: { type: "string", value: "N", text: sentence("serve:concurrency"), initial: "1" },
  "max-size": { type: "string", value: "MB", text: sentence("work:maxSize"), initial: "2000" },
  "allow-private-urls": { type: "boolean", text: sentence("work:allowPrivate") },
  "ops-port": { type: "string", value: "N", text: sentence("work:opsPort") },
  host: { type: "string", value: "{ADDRESS}", text: sentence("work:host"), initial: "127.0.0.1" },
  ...SERVICE_OPTIONS,
} as const satisfies OptionTable;

const PAGE: HelpPage = {
  usage: ["work --redis URL --storage URL [{OPTIONS}]"],
  parts: [sentence("work:about"), { rows: rowsOf(OPTIONS) }, ...CLUSTER_HELP],
};

/**
 * `dudak work`: runs jobs until it is told to stop (SIGINT, SIGTERM).
 * @returns the exit code; see {@link EXIT}.
 */
export async function workCommand(argv: readonly string[]): Promise<number> {
  return guarded("work", argv.includes("--json"), async (words) => {
    const { values } = parseLine(argv, { ...OPTIONS, ...CLUSTER_OPTIONS }, noWords);
    if (values.help) {
      console.log(helpText(PAGE, words));
      return EXIT.ok;
    }
    const concurrency = whole(values.concurrency, "--concurrency", 1, 64);
    const maxSize = whole(values["max-size"], "--max-size", 1, 100_000);
    const opsPort = whole(values["ops-port"], "--ops-port", 0, 65_535);
    const drainMs = (whole(values.drain, "--drain", 0, 86_400) ?? DRAIN_SECONDS) * 1000;
    const cluster = clusterAddress(values);
    if (!cluster) throw usageError("usage/cluster-none");
    const { work } = await import("../cluster/work.ts");
    const worker = await work({
      ...cluster,
      onWaiting: sayWaiting(words),
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
      console.log(`${words.say("work:waiting")} ${words.say("stopIt")}`);
      if (opsOrigin !== undefined) console.log(words.say("serve:ops", { address: opsOrigin }));
    }
    await untilStopped((graceMs) => worker.close(graceMs), drainMs);
    return EXIT.ok;
  });
}
