import type { MotionFigures } from "./motion-figures.ts";

/** Title of each row, and its digits. */
const ROWS: readonly [keyof MotionFigures, string, number][] = [
  ["seconds", "seconds", 0],
  ["yawRange", "yaw, 5th to 95th percentile of a clip, °", 2],
  ["pitchRange", "pitch, °", 2],
  ["rollRange", "roll, °", 2],
  ["shiftRange", "place in the picture, distances between the eyes", 3],
  ["yawSpeed", "speed of yaw, rms, °/s", 1],
  ["pitchSpeed", "speed of pitch", 1],
  ["rollSpeed", "speed of roll", 1],
  ["above1Hz", "share of the speed's power above 1 Hz", 2],
  ["above2Hz", "… above 2 Hz", 2],
  ["above4Hz", "… above 4 Hz", 2],
  ["speakingSpeed", "speed while speaking by speed before and after", 2],
  ["voiceR", "rotation by loudness and voice pitch, multiple r", 2],
  ["voiceChanceR", "… by another sentence's voice", 2],
  ["nodLoudnessR", "head's pitch with loudness, r", 2],
  ["nodPitchR", "head's pitch with voice pitch, r", 2],
  ["browRange", "brows, 5th to 95th percentile, distances between the eyes", 3],
  ["browRaises", "raised brows a minute", 1],
  ["browLoudnessR", "brows with loudness, r", 2],
  ["browPitchR", "brows with voice pitch, r", 2],
  ["gazeXDeviation", "eyes in the head, deviation to the sides, °", 2],
  ["gazeYDeviation", "eyes in the head, up and down, °", 2],
  ["jumps", "jumps of the eyes a second", 2],
  ["gazeAgainstHead", "speed of eyes with speed of head, r", 2],
  ["blinks", "blinks a minute", 1],
  ["blinkClosing", "a blink's closing, s", 3],
  ["blinkHalf", "… more than half shut, s", 3],
  ["blinkOpening", "… opening, s", 3],
  ["blinkDepth", "… depth, 1 = shut", 2],
  ["blinksInSpeech", "share of blinks that begin in speech by its share of time", 2],
];

/** A table: a row for each figure, a column for each face. */
export function motionTable(faces: Readonly<Record<string, MotionFigures>>): string {
  const names = Object.keys(faces);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const show = (value: number, digits: number) => (Number.isFinite(value) ? value.toFixed(digits) : "–");
  return [
    line(["Measure", ...names]),
    line(["---", ...names.map(() => "---")]),
    ...ROWS.map(([key, title, digits]) =>
      line([title, ...names.map((name) => show(faces[name]![key], digits))]),
    ),
  ].join("\n");
}

type Loose = Readonly<Record<string, Readonly<Partial<Record<keyof MotionFigures, number | null>>>>>;

/** Least, mean and most of a figure among people; `null` in JSON stands for not a number. */
export function spreadOf(people: Loose, key: keyof MotionFigures): readonly [number, number, number] {
  const values = Object.values(people).flatMap((figures) => {
    const value = figures[key];
    return typeof value === "number" && Number.isFinite(value) ? [value] : [];
  });
  const sum = values.reduce((total, value) => total + value, 0);
  return [Math.min(...values), sum / values.length, Math.max(...values)];
}

/** A table: a row for each figure; people's least, mean and most, then some of ours, those outside people's in brackets. */
export function spreadTable(people: Loose, ours: Readonly<Record<string, MotionFigures>>): string {
  const names = Object.keys(ours);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const show = (value: number, digits: number) => (Number.isFinite(value) ? value.toFixed(digits) : "–");
  return [
    line(["Measure", "people: least", "mean", "most", ...names]),
    line(["---", "---", "---", "---", ...names.map(() => "---")]),
    ...ROWS.filter(([key]) => key !== "seconds").map(([key, title, digits]) => {
      const spread = spreadOf(people, key);
      return line([
        title,
        ...spread.map((value) => show(value, digits)),
        ...names.map((name) => {
          const value = ours[name]![key];
          const shown = show(value, digits);
          return value < spread[0] || value > spread[2] ? `(${shown})` : shown;
        }),
      ]);
    }),
  ].join("\n");
}
