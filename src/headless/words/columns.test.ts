import { expect, test } from "vitest";
import { padded, widthOf, wrapped } from "./columns.ts";

test("wide letters fill two columns, marks above letters none", () => {
  expect(["abc", "ファイル", "用法：", "é", "e\u0301", "…"].map(widthOf)).toEqual([3, 8, 6, 1, 1, 1]);
  expect(widthOf(padded("文件", 10))).toBe(10);
});

test("a line breaks at spaces, and in Chinese and Japanese between words, never before a mark", () => {
  expect(wrapped("same inputs and seed, same frames", 14, "en")).toEqual([
    "same inputs",
    "and seed, same",
    "frames",
  ]);
  for (const [language, text] of [
    ["ja", "完了したジョブを、この日数の後に削除する（DUDAK_REDIS_PASSWORD）。"],
    ["zh-Hans", "在这么多天后删除已完成的任务，或保留（DUDAK_REDIS_PASSWORD）。"],
  ] as const) {
    const lines = wrapped(text, 26, language);
    expect(lines.join("")).toBe(text);
    for (const line of lines) {
      expect(widthOf(line)).toBeLessThanOrEqual(26);
      expect(line).not.toMatch(/^[、，。）]|（$/);
    }
  }
});

test("the name of a file is not parted", () => {
  expect(wrapped("写出页面（名称.report.html）", 24, "zh-Hans")).toEqual([
    "写出页面",
    "（名称.report.html）",
  ]);
});

test("a word that is wider than the line stands alone", () => {
  expect(wrapped("see s3://BUCKET/PREFIX here", 10, "en")).toEqual(["see", "s3://BUCKET/PREFIX", "here"]);
});
