import { resolve } from "node:path";
import { rowsOf, type HelpPart, type OptionTable } from "../../headless/words/help-page.ts";
import { sentence } from "../../headless/words/words.ts";
import { visitDataDir, type Installation } from "../data-dir.ts";
import { CLUSTER_HELP, CLUSTER_OPTIONS, clusterAddress } from "./cluster-options.ts";
import { DEFAULT_DATA_DIR } from "./command.ts";

const DATA_OPTION = {
  data: { type: "string", value: "{FOLDER}", text: sentence("place:data"), initial: "~/.dudak" },
} as const satisfies OptionTable;

/** Options of commands that reach into an installation. */
export const PLACE_OPTIONS = { ...CLUSTER_OPTIONS, ...DATA_OPTION } as const satisfies OptionTable;

/** What `--help` says of {@link PLACE_OPTIONS}. */
export const PLACE_HELP: readonly HelpPart[] = [
  { rows: rowsOf(DATA_OPTION) },
  sentence("cluster:or"),
  ...CLUSTER_HELP,
];

/** Opens the installation that the options name, also while it runs. */
export async function visit(
  values: Partial<Record<keyof typeof PLACE_OPTIONS, string | undefined>>,
): Promise<Installation> {
  const cluster = values.data === undefined ? clusterAddress(values) : undefined;
  if (!cluster) return visitDataDir(resolve(values.data ?? DEFAULT_DATA_DIR));
  const { openCluster } = await import("../cluster/open-cluster.ts");
  return openCluster(cluster);
}
