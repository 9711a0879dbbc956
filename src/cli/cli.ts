import { VERSION } from "../core/version.ts";
import { wordsHere, type CliWords } from "./cli-words.ts";
import { EXIT } from "../headless/exit-codes.ts";

const COMMANDS = [
  "render",
  "batch",
  "demo",
  "studio",
  "model",
  "create",
  "serve",
  "work",
  "jobs",
  "keys",
] as const;

function overview({ say }: CliWords): string {
  const listed = COMMANDS.map((name) => `  ${name.padEnd(8)} ${say(`command:${name}`)}`);
  return [say("usage"), "", ...listed, "", say("more")].join("\n");
}

async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case "render":
      return (await import("./render-command.ts")).renderCommand(rest);
    case "batch":
      return (await import("./batch-command.ts")).batchCommand(rest);
    case "demo":
      return (await import("./demo-command.ts")).demoCommand(rest);
    case "studio":
      return (await import("./studio-command.ts")).studioCommand(rest);
    case "model":
      return (await import("./model-command.ts")).modelCommand(rest);
    case "create":
      return (await import("./create-command.ts")).createCommand(rest);
    case "serve":
      return (await import("../gateway/commands/serve-command.ts")).serveCommand(rest);
    case "keys":
      return (await import("../gateway/commands/keys-command.ts")).keysCommand(rest);
    case "jobs":
      return (await import("../gateway/commands/jobs-command.ts")).jobsCommand(rest);
    case "work":
      return (await import("../gateway/commands/work-command.ts")).workCommand(rest);
    case "version":
    case "--version":
      console.log(VERSION);
      return EXIT.ok;
    case undefined:
    case "help":
    case "--help":
    case "-h":
      console.log(overview(await wordsHere()));
      return EXIT.ok;
    default: {
      const words = await wordsHere();
      console.error(`dudak: ${words.say("unknownCommand", { name: command })}\n\n${overview(words)}`);
      return EXIT.usage;
    }
  }
}

// npm runs scripts in the project's folder; the user's paths are meant from where the user stands.
const standing = process.env["DUDAK_CWD"];
if (standing) process.chdir(standing);

process.exitCode = await main(process.argv.slice(2));
