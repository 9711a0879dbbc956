import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Application, type TypeDocOptions } from "typedoc";

/** The pages about every type and function of the package's entry `dudak`, by path below `reference/javascript`. */
export async function javascriptReference(root: string): Promise<Map<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "dudak-typedoc-"));
  try {
    const options: TypeDocOptions & { readonly sanitizeComments: boolean } = {
      entryPoints: [join(root, "src/engine/lip-sync.ts")],
      tsconfig: join(root, "tsconfig.json"),
      plugin: ["typedoc-plugin-markdown"],
      name: "dudak",
      // Its default is the folder `docs`, which it empties first.
      outputs: [{ name: "markdown", path: folder }],
      readme: "none",
      disableSources: true,
      excludeInternal: true,
      excludePrivate: true,
      hideGenerator: true,
      skipErrorChecking: true,
      logLevel: "Error",
      // An HTML tag in a description would be taken for one of the page's.
      sanitizeComments: true,
    };
    const application = await Application.bootstrapWithPlugins(options);
    const project = await application.convert();
    if (!project) throw new Error("typedoc could not read the engine's entry");
    await application.generateOutputs(project);
    const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".md"));
    return new Map(
      await Promise.all(
        names.map(
          async (name) => [name.replaceAll("\\", "/"), await readFile(join(folder, name), "utf8")] as const,
        ),
      ),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
