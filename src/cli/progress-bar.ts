import type { JobProgress } from "../job/job.ts";
import type { CliWords } from "../headless/words/words.ts";

/** A progress bar on a terminal; one line a stage where there is none. */
export interface ProgressBar {
  show(progress: JobProgress): void;
  /** Leaves the bar as it is and ends its line. */
  end(): void;
}

const WIDTH = 28;

function timeLeft(seconds: number | undefined, { say }: CliWords): string {
  if (seconds === undefined) return "";
  const left =
    seconds < 60
      ? say("secondsLeft", { seconds: String(Math.ceil(seconds)) })
      : say("minutesLeft", { minutes: String(Math.ceil(seconds / 60)) });
  return `, ${left}`;
}

/** Draws on `stream`, at most ten times a second. */
export function createProgressBar(stream: NodeJS.WriteStream, words: CliWords): ProgressBar {
  let lastStage = "";
  let lastDrawn = 0;
  return {
    show(progress) {
      const { stage } = progress;
      if (!stream.isTTY) {
        if (stage !== lastStage) stream.write(`${words.say(`stage:${stage}`)} …\n`);
        lastStage = stage;
        return;
      }
      const now = Date.now();
      if (stage === lastStage && now - lastDrawn < 100) return;
      lastStage = stage;
      lastDrawn = now;
      const filled = Math.round(progress.progress * WIDTH);
      const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
      const percent = String(Math.round(progress.progress * 100)).padStart(3);
      stream.write(
        `\r\u001b[K${bar} ${percent} %  ${words.say(`stage:${stage}`)}${timeLeft(progress.secondsLeft, words)}`,
      );
    },
    end() {
      if (stream.isTTY && lastStage) stream.write("\n");
    },
  };
}
