import { VERSION } from "../core/version.ts";
import { EXIT } from "../headless/exit-codes.ts";

const HELP = `Usage: dudak COMMAND [options]

  render   make a picture speak
  batch    make a video of each row of a table (CSV)
  demo     render the bundled sample (or your own files) and a contact sheet
  studio   serve the studio page on this machine
  model    inspect a lip-sync model of your own
  create   write a small project to begin with
  serve    answer the lip-sync REST API on this machine
  work     run jobs for gateways on other machines
  jobs     list, show, retry and cancel the gateway's jobs
  keys     create, list and revoke API keys

dudak COMMAND --help tells more.`;

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
      console.log(HELP);
      return EXIT.ok;
    default:
      console.error(`dudak: there is no command "${command}".\n\n${HELP}`);
      return EXIT.usage;
  }
}

// npm runs scripts in the project's folder; the user's paths are meant from where the user stands.
const standing = process.env["DUDAK_CWD"];
if (standing) process.chdir(standing);

process.exitCode = await main(process.argv.slice(2));
