import { cruise } from "dependency-cruiser";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";

/** Rooms that a room reaches anyway through another one that it imports need no arrow of their own. */
function withoutShortcuts(arrows: ReadonlyMap<string, ReadonlySet<string>>): Map<string, string[]> {
  const reach = new Map<string, Set<string>>();
  const reachable = (room: string): Set<string> => {
    const known = reach.get(room);
    if (known) return known;
    const found = new Set<string>();
    reach.set(room, found);
    for (const next of arrows.get(room) ?? []) {
      found.add(next);
      for (const far of reachable(next)) found.add(far);
    }
    return found;
  };
  return new Map(
    [...arrows].map(([room, targets]) => [
      room,
      [...targets].filter((target) => ![...targets].some((other) => reachable(other).has(target))).sort(),
    ]),
  );
}

/** The room of a file: the first folder below `src`, or the folder of the workers' entries. */
const roomOf = (path: string): string | undefined =>
  /^src\/([^/]+)\//.exec(path)?.[1] ?? (path.startsWith("workers/") ? "workers" : undefined);

/**
 * The rooms of `src` and the arrows between them as a Mermaid flowchart, drawn from the imports of the code.
 * @returns Mermaid source; the same for the same code.
 */
export async function roomsPicture(): Promise<string> {
  const { output } = await cruise(["src", "workers"], {
    baseDir: PROJECT_ROOT,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "\\.test\\.ts$|/test-[^/]+\\.ts$" },
    tsPreCompilationDeps: true,
  });
  if (typeof output === "string") throw new Error("dependency-cruiser answered with text");
  const arrows = new Map<string, Set<string>>();
  for (const { source, dependencies } of output.modules) {
    const from = roomOf(source);
    if (from === undefined) continue;
    const targets = arrows.get(from) ?? new Set<string>();
    arrows.set(from, targets);
    for (const { resolved } of dependencies) {
      const to = roomOf(resolved);
      if (to !== undefined && to !== from) targets.add(to);
    }
  }
  // The studio's offline files are the one thing that a worker takes from above.
  arrows.get("workers")?.delete("studio");
  const rooms = [...arrows.keys()].sort();
  const kept = withoutShortcuts(arrows);
  return [
    "flowchart TD",
    ...rooms.map((room) => `  ${room.replaceAll("-", "_")}["${room}"]`),
    ...rooms.flatMap((room) =>
      kept.get(room)!.map((to) => `  ${room.replaceAll("-", "_")} --> ${to.replaceAll("-", "_")}`),
    ),
    "",
  ].join("\n");
}
