import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MatrixCase } from "./matrix-case.ts";
import { makeFile, readByFfmpeg } from "./files.ts";
import { matrixAddress, openMatrixPage } from "./matrix-page.ts";
import type { Reading } from "./reading.ts";

/** What came of a case. */
export interface Outcome {
  readonly given: MatrixCase;
  /** By the machine's own ffmpeg. */
  readonly wanted: Reading;
  /** As the engine reads it, and by its ffmpeg where it took the browser's decoder. */
  readonly chosen: Reading;
  readonly fallback: Reading;
}

/** A case that has no answer after this many milliseconds has none. */
const LIMIT_MS = 60_000;

/** Makes the files of the cases, reads each by the engine in a browser, and by ffmpeg. */
export async function runMatrix(
  cases: readonly MatrixCase[],
  onOutcome: (outcome: Outcome) => void = () => undefined,
): Promise<{ outcomes: Outcome[]; browser: string }> {
  const folder = mkdtempSync(join(tmpdir(), "dudak-matrix-"));
  const { page, browser, close } = await openMatrixPage(folder);
  try {
    const outcomes: Outcome[] = [];
    const read = async (path: string, kind: MatrixCase["kind"], route: "chosen" | "ffmpeg") => {
      const late = new Promise<Reading>((resolve) =>
        setTimeout(() => resolve({ error: "no answer" }), LIMIT_MS).unref(),
      );
      const reading = page.evaluate(([at, what, by]) => window.dudakMatrix.read(at, what, by), [
        matrixAddress(path),
        kind,
        route,
      ] as const);
      return Promise.race([reading, late]);
    };
    for (const [index, given] of cases.entries()) {
      const path = makeFile(folder, index, given);
      const chosen = await read(path, given.kind, "chosen");
      const fallback = chosen.decoder === "ffmpeg" ? chosen : await read(path, given.kind, "ffmpeg");
      const outcome = { given, wanted: readByFfmpeg(path, given), chosen, fallback };
      outcomes.push(outcome);
      onOutcome(outcome);
    }
    return { outcomes, browser };
  } finally {
    await close();
    rmSync(folder, { recursive: true, force: true });
  }
}
