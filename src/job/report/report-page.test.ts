import { expect, test } from "vitest";
import { warning } from "../warnings.ts";
import { reportDocument } from "./report-document.ts";
import { loadReportWords } from "./load-words.ts";
import { reportPage } from "./report-page.ts";
import { WARNINGS } from "../sentences/warnings.ts";
import { ADVICE } from "./report-sentences.ts";
import { ENGLISH_WORDS } from "./report-words.ts";

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
  leftFrames: [{ frame: 12, seconds: 0.48, picture: "data:image/jpeg;base64,AA==" }],
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
  const page = reportPage(document(), ENGLISH_WORDS);
  expect(page).not.toMatch(/<script|<link|src="(?!data:)|https?:\/\//);
  expect(page).toContain("me &lt;b&gt;.jpg");
  expect(page).toContain("H.264 &lt;fast&gt;");
  expect(page).toContain("10–14 (0.40–0.60 s)");
  expect(page).toContain("ab".repeat(32));
  // A closure of a tenth of a second, where it was.
  expect(page).toMatch(/class="shut" x="305\.0"/);
});

/** What stands in each row of the page's tables, by the row's name. */
function rowsOf(page: string): ReadonlyMap<string, string> {
  const rows = page.matchAll(/<tr><th scope="row">(.*?)<\/th><td>(.*?)<\/td><\/tr>/g);
  return new Map([...rows].map(([, name, value]) => [name!, value!]));
}

test("the numbers of the job can be read back from the page", () => {
  const page = reportPage(document(), ENGLISH_WORDS);
  const rows = rowsOf(page);
  expect(rows.get("Seed")).toBe("3");
  expect(rows.get("prompt")).toBe("calm");
  expect(rows.get("Width of the mouth")).toBe("61 px");
  expect(rows.get("Face 1")).toBe("speaks; box 10, 20, 100, 120 px");
  expect(page).toContain('src="data:image/jpeg;base64,AA=="');
  expect(page).toContain("Frame 12, 0.48 s");
  // Opening along the time: from 0.2 to 0.6 of the row's height, at the first and the second step of two seconds.
  const opening = /<polygon class="mouth" points="([^"]+)"/.exec(page)![1]!.split(" ");
  const heights = opening.slice(1, -1).map((point) => (128 - Number(point.split(",")[1])) / 50);
  expect(heights).toEqual([expect.closeTo(0.2, 2), expect.closeTo(0.6, 2)]);
  // Bars are as long as the stages lasted.
  const bars = [...page.matchAll(/<rect class="time"[^>]* width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  );
  expect(bars[0]! / bars[1]!).toBeCloseTo(120 / 900, 2);
  expect(page).toContain("0.90 s");
});

test.each([
  ["tr", "Ses"],
  ["de", "Stimme"],
] as const)(
  "in %s every heading and warning is said, and numbers are written, as there",
  async (language, voice) => {
    const page = reportPage(document(), await loadReportWords(language));
    expect(page).toContain(`<html lang="${language}">`);
    expect(page).toContain(`>${voice}</text>`);
    expect(page).toContain("0,40–0,60");
    const english = [...reportPage(document(), ENGLISH_WORDS).matchAll(/<h2>(.*?)<\/h2>/g)].map(
      ([, text]) => text!,
    );
    expect(english.length).toBe(7);
    for (const heading of english) expect(page).not.toContain(`<h2>${heading}</h2>`);
    expect(page).not.toContain("Cut the picture closer");
  },
);

test("what is advised belongs to a warning that there is", () => {
  expect(Object.keys(ADVICE).filter((code) => !(code in WARNINGS))).toEqual([]);
});
