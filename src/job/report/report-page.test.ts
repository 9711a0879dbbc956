import { expect, test } from "vitest";
import { warning } from "../warnings.ts";
import { reportDocument } from "./report-document.ts";
import { reportPage } from "./report-page.ts";

const REPORT = {
  width: 480,
  height: 640,
  fps: 25,
  frames: 50,
  durationSeconds: 2,
  backend: "wasm",
  encoder: "H.264 <fast>",
  faces: [{ x: 10.4, y: 20, width: 100, height: 120, animated: true }],
  facelessRanges: [[10, 14]],
  mouthWidthPx: 61.4,
  timeline: {
    stepSeconds: 0.04,
    voices: [{ startSeconds: 0, loudness: [0, 1], aperture: [0.2, 0.6], closures: [[0.5, 0.6]] }],
    strength: [1, 0],
  },
} as const;

function document() {
  return reportDocument<{ name: string }>({
    spec: {
      model: "lipsync-image",
      formState: { image: { name: "me <b>.jpg" }, audio: { name: "a.mp3" }, prompt: "calm", seed: 3 },
      aiMark: false,
    },
    seed: 3,
    report: REPORT,
    warnings: [warning("mouth/small", { pixels: 12 })],
    timings: { decoding: 120, rendering: 900 },
    output: { name: "me.mp4", bytes: 1234, sha256: "ab".repeat(32) },
    file: ({ name }) => ({ name }),
  });
}

test("the document has what makes the frames again, and what to do about a doubtful place", () => {
  const made = document();
  expect(made.settings).toEqual({ prompt: "calm", aiMark: false });
  expect(made.seed).toBe(3);
  expect(made.inputs).toMatchObject({ image: { name: "me <b>.jpg" }, audio: { name: "a.mp3" } });
  expect(made.warnings).toMatchObject([
    { code: "mouth/small", advice: expect.stringContaining("closer") as string },
  ]);
});

test("the page needs nothing else, and takes nothing for markup", () => {
  const page = reportPage(document());
  expect(page).not.toMatch(/<script|<link|src="(?!data:)|https?:\/\//);
  expect(page).toContain("me &lt;b&gt;.jpg");
  expect(page).toContain("H.264 &lt;fast&gt;");
  expect(page).toContain("10–14 (0.40–0.60 s)");
  expect(page).toContain("ab".repeat(32));
  // A closure of a tenth of a second, where it was.
  expect(page).toMatch(/class="shut" x="275\.0"/);
});
