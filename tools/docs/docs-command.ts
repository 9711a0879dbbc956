import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { apiMarkdown } from "./api-markdown.ts";

const file = join(import.meta.dirname, "../../docs/api.md");
await writeFile(file, apiMarkdown());
console.log(`Wrote ${file}`);
