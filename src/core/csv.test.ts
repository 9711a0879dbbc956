import { expect, test } from "vitest";
import { readCsv, writeCsv } from "./csv.ts";

const cellsOf = (text: string) => readCsv(text).rows.map(({ cells }) => cells);

test("commas, semicolons or tabs part the cells, whichever the first line has most of", () => {
  expect(cellsOf("a,b\n1;2,3\n")).toEqual([
    ["a", "b"],
    ["1;2", "3"],
  ]);
  expect(cellsOf("\uFEFFa;b;c\r\n1,5;2;3")).toEqual([
    ["a", "b", "c"],
    ["1,5", "2", "3"],
  ]);
  expect(cellsOf('"a, b"\tc\n1\t2')).toEqual([
    ["a, b", "c"],
    ["1", "2"],
  ]);
});

test("quoted cells keep delimiters, line ends and quotation marks; a row knows the line on which it begins", () => {
  const { rows, unclosedLine } = readCsv('a,b\r\n"x\r\ny ""z""", 2 \r\n\r\n,\r\n3,4');
  expect(rows).toEqual([
    { line: 1, cells: ["a", "b"] },
    { line: 2, cells: ['x\r\ny "z"', "2"] },
    { line: 6, cells: ["3", "4"] },
  ]);
  expect(unclosedLine).toBeNull();
});

test("a quotation mark that is never closed is told by its line", () => {
  expect(readCsv('a,b\n1,2\n"3,4\n5,6').unclosedLine).toBe(3);
});

test("what is written is read as it was", () => {
  const rows = [
    ["name", "note"],
    ['a "b", c', "two\nlines; and tabs\t"],
  ];
  expect(cellsOf(writeCsv(rows))).toEqual([rows[0], ['a "b", c', "two\nlines; and tabs"]]);
});
