import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";

interface Named {
  readonly name: string;
  readonly description?: string;
  readonly summary?: string;
}
interface Typed extends Named {
  readonly type?: { readonly text: string };
  readonly default?: string;
}
interface Member extends Typed {
  readonly kind: "field" | "method";
  readonly privacy?: string;
  readonly readonly?: boolean;
  readonly static?: boolean;
  readonly inheritedFrom?: object;
  readonly parameters?: readonly (Typed & { readonly optional?: boolean })[];
  readonly return?: { readonly type?: { readonly text: string } };
}
interface Declaration extends Named {
  readonly tagName?: string;
  readonly attributes?: readonly Typed[];
  readonly members?: readonly Member[];
  readonly events?: readonly Typed[];
  readonly slots?: readonly Named[];
  readonly cssParts?: readonly Named[];
  readonly cssProperties?: readonly Typed[];
  readonly cssStates?: readonly Named[];
}
interface Manifest {
  readonly modules: readonly { readonly declarations?: readonly Declaration[] }[];
}

/** Text for a cell of a table. */
const cell = (text = "") => text.replace(/\s+/g, " ").replaceAll("|", "\\|").replaceAll("<", "&lt;").trim();
const code = (text: string) => (text === "" ? "" : `\`${text.replace(/\s+/g, " ").replaceAll("|", "\\|")}\``);

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const lines = [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
  return `## ${title}\n\n${lines.join("\n")}\n`;
}

/** Every member of the element, from its custom-elements manifest. */
function elementMarkdown(element: Declaration): string {
  const shown = (element.members ?? []).filter(
    ({ privacy, name, static: fixed }) => (privacy ?? "public") === "public" && !/^[_#]/.test(name) && !fixed,
  );
  const words = ({ description, summary }: Named) => cell(description ?? summary);
  const typed = (member: Typed) => [code(member.name), code(member.type?.text ?? ""), words(member)];
  const named = (member: Named) => [code(member.name), words(member)];
  const fields = shown.filter(({ kind, description }) => kind === "field" && description);
  const methods = shown.filter(({ kind, description }) => kind === "method" && description);
  const parts = [
    `# \`<${element.tagName!}>\`: every member\n\n${element.description ?? ""}\n\nMade from the element's [custom-elements manifest](https://github.com/webcomponents/custom-elements-manifest), which the package brings as \`dudak/custom-elements.json\`. [The element](../docs/element.md) says how it is used.\n`,
    table("Attributes", ["Name", "Type", ""], (element.attributes ?? []).map(typed)),
    table(
      "Properties",
      ["Name", "Type", ""],
      fields.map((field) => {
        const [name, type, text] = typed(field);
        return [name!, type!, field.readonly ? `${text!} Read only.` : text!];
      }),
    ),
    table(
      "Methods",
      ["Name", "Gives", ""],
      methods.map((method) => {
        const given = (method.parameters ?? []).map(({ name, optional }) => name + (optional ? "?" : ""));
        return [
          code(`${method.name}(${given.join(", ")})`),
          code(method.return?.type?.text ?? ""),
          words(method),
        ];
      }),
    ),
    table("Events", ["Name", "Type", ""], (element.events ?? []).map(typed)),
    table("Slots", ["Name", ""], (element.slots ?? []).map(named)),
    table("Parts", ["Name", ""], (element.cssParts ?? []).map(named)),
    table("Custom properties", ["Name", ""], (element.cssProperties ?? []).map(named)),
    table("Custom states", ["Name", ""], (element.cssStates ?? []).map(named)),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

/** The page that lists every member of `<lip-sync>`. @throws Error when the manifest does not describe it. */
export async function elementReference(root: string): Promise<string> {
  await mkdir(join(root, ".cache"), { recursive: true });
  // The analyser takes folders below the project alone.
  const folder = await mkdtemp(join(root, ".cache", "manifest-"));
  try {
    const analyser = join(root, "node_modules/@custom-elements-manifest/analyzer/cem.js");
    await promisify(execFile)(process.execPath, [analyser, "analyze", "--outdir", relative(root, folder)], {
      cwd: root,
    });
    const manifest = JSON.parse(await readFile(join(folder, "custom-elements.json"), "utf8")) as Manifest;
    const element = manifest.modules
      .flatMap(({ declarations = [] }) => declarations)
      .find(({ tagName }) => tagName === "lip-sync");
    if (!element) throw new Error("the custom-elements manifest has no <lip-sync>");
    return elementMarkdown(element);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
