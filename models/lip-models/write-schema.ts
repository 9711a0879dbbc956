import { writeFile } from "node:fs/promises";
import { format, resolveConfig } from "prettier";
import { z } from "zod";
import { manifestSchema } from "../../src/lip-models/manifest/manifest.ts";

/** The JSON schema of manifests, for editors; made from the one that the engine checks with. */
export function manifestJsonSchema(): Record<string, unknown> {
  return { title: "Dudak model manifest, version 1", ...z.toJSONSchema(manifestSchema, { io: "input" }) };
}

const FILE = new URL("manifest.schema.json", import.meta.url);

// npx tsx models/lip-models/write-schema.ts
if (process.argv[1]?.endsWith("write-schema.ts")) {
  const options = await resolveConfig(FILE);
  await writeFile(FILE, await format(JSON.stringify(manifestJsonSchema()), { ...options, parser: "json" }));
}
