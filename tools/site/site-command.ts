// Builds the site into out/site: static files for any host.
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { preview } from "vite";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";
import { buildPages, buildSite } from "./build-site.ts";

const HELP = `Usage: npm run site -- [options]

  --base PATH   where the site will lie, for instance /dudak/  [/]
  --out FOLDER  [out/site]
  --pages       leave the studio out
  --serve       show it on this machine afterwards
  --help`;

const { values } = parseArgs({
  options: {
    base: { type: "string", default: "/" },
    out: { type: "string", default: join(PROJECT_ROOT, "out", "site") },
    pages: { type: "boolean", default: false },
    serve: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(HELP);
else {
  const base = `/${values.base.replace(/^\/|\/$/g, "")}/`.replace("//", "/");
  const out = resolve(values.out);
  await (values.pages ? buildPages : buildSite)(PROJECT_ROOT, { base, out });
  console.log(`${out}: static files, to lie at ${base}`);
  if (values.serve) {
    const server = await preview({
      configFile: false,
      base,
      build: { outDir: out },
      preview: { port: 5180 },
    });
    server.printUrls();
  }
}
