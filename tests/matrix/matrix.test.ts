import { describe, expect, test } from "vitest";
import { matrixCases } from "../../tools/matrix/cases.ts";
import type { MatrixCase } from "../../tools/matrix/matrix-case.ts";
import { hasFfmpeg } from "../../tools/matrix/ffmpeg.ts";
import { judge } from "../../tools/matrix/judge.ts";
import { runMatrix } from "../../tools/matrix/run.ts";

/** A slice of `npm run matrix`: every sound codec and container once, and one video of each kind. */
const SLICE: readonly (readonly [kind: string, container: string, codec: string, trait: RegExp])[] = [
  ["sound", "MP4", "aac", /48 kHz/],
  ["sound", "MP4", "opus", /48 kHz/],
  ["sound", "WebM", "opus", /48 kHz/],
  ["sound", "Ogg", "vorbis", /48 kHz/],
  ["sound", "MP3", "mp3", /44.1/],
  ["sound", "FLAC", "flac", /22.05/],
  ["sound", "MKV", "aac", /clock/],
  ["sound", "MPEG-TS", "ac3", /48 kHz/],
  ["sound", "ADTS", "aac", /damaged/],
  ["sound", "MPEG-TS", "aac", /twice/],
  ["video", "MP4", "h264", /pause/],
  ["video", "WebM", "vp9", /25/],
  ["video", "MPEG-TS", "mpeg2", /25/],
  ["video", "MP4", "h264", /odd/],
  ["video", "MKV", "h264", /missing/],
];

const matches = ({ kind, container, codec, trait }: MatrixCase) =>
  SLICE.some((row) => row[0] === kind && row[1] === container && row[2] === codec && row[3].test(trait));

describe.skipIf(!hasFfmpeg())("files that the machine's own ffmpeg makes (skipped without one)", () => {
  test("are read as it reads them, by the browser's decoders and by our ffmpeg", async () => {
    const { outcomes } = await runMatrix(matrixCases().filter(matches));
    expect(outcomes.length).toBeGreaterThanOrEqual(SLICE.length);
    const faults = outcomes.flatMap((outcome) =>
      [outcome.chosen, outcome.fallback].flatMap((reading) =>
        judge(outcome, reading).faults.map(
          (fault) => `${outcome.given.container}, ${outcome.given.codec}, ${outcome.given.trait}: ${fault}`,
        ),
      ),
    );
    expect(faults).toEqual([]);
  });
});
