// Prints the part of CHANGELOG.md that belongs to a version (`v1.2.3` or `1.2.3`), and checks the package's version.
import { readFileSync } from "node:fs";

const wanted = (process.argv[2] ?? "").replace(/^v/, "");
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const changelog = readFileSync(new URL("../../CHANGELOG.md", import.meta.url), "utf8");
const part = changelog.split(/^## /m).find((text) => text.startsWith(`[${wanted}]`));
if (wanted !== version) {
  console.error(`The tag says ${wanted || "nothing"}, package.json says ${version}.`);
  process.exit(1);
}
if (!part) {
  console.error(`CHANGELOG.md has no part for ${wanted}.`);
  process.exit(1);
}
console.log(part.slice(part.indexOf("\n") + 1).trim());
