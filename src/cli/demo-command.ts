import { join, relative } from "node:path";
import { OUTPUT_ROOT, SAMPLES } from "../headless/installation.ts";
import { renderCommand } from "./render-command.ts";
import { DEMO_HELP } from "./render-help.ts";

/** `dudak demo`: the bundled painting and reading, or the user's own, and a contact sheet of the result. */
export function demoCommand(argv: readonly string[]): Promise<number> {
  return renderCommand(
    argv,
    {
      image: join(SAMPLES, "portraits", "mona-lisa.jpg"),
      audio: join(SAMPLES, "voices", "sonnet-en.mp3"),
      out: join(OUTPUT_ROOT, "out", "demo.mp4"),
    },
    DEMO_HELP,
    async (host, outputPath, { say }) => {
      const sheet = outputPath.replace(/\.[^.]+$/, "") + "-sheet.png";
      const video = host.server.offer(outputPath);
      const target = host.server.accept(sheet);
      try {
        const page = await host.page();
        await page.evaluate(([from, to]) => window.dudakHost.contactSheet(from!, to!), [
          video.url,
          target.url,
        ] as const);
      } finally {
        video.close();
        target.close();
      }
      return [say("sheet", { file: relative(process.cwd(), sheet) })];
    },
  );
}
