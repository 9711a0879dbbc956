import { resolve } from "node:path";
import { visitDataDir, type Installation } from "../data-dir.ts";
import { CLUSTER_HELP, CLUSTER_OPTIONS, clusterAddress } from "./cluster-options.ts";
import { DEFAULT_DATA_DIR } from "./command.ts";

/** Options of commands that reach into an installation. */
export const PLACE_OPTIONS = { ...CLUSTER_OPTIONS, data: { type: "string" } } as const;

/** What `--help` says of {@link PLACE_OPTIONS}. */
export const PLACE_HELP = `  --data DIR              folder of the gateway (default ${DEFAULT_DATA_DIR})

or, of an installation on several machines:

${CLUSTER_HELP}`;

/** Opens the installation that the options name, also while it runs. */
export async function visit(
  values: Partial<Record<keyof typeof PLACE_OPTIONS, string | undefined>>,
): Promise<Installation> {
  const cluster = values.data === undefined ? clusterAddress(values) : undefined;
  if (!cluster) return visitDataDir(resolve(values.data ?? DEFAULT_DATA_DIR));
  const { openCluster } = await import("../cluster/open-cluster.ts");
  return openCluster(cluster);
}
