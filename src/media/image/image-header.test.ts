import { expect, test } from "vitest";
import { readImageHeader } from "./image-header.ts";

const latin1 = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
const u16 = (value: number) => [value >> 8, value & 255];
const segment = (marker: number, bytes: readonly number[]) => [
  0xff,
  marker,
  ...u16(bytes.length + 2),
  ...bytes,
];
const START = [0xff, 0xd8];
const END = [0xff, 0xd9];
/** A picture of 640 × 480 pixels but for its end; its data hold a restart, a stuffed byte and fill bytes. */
const picture = (before: readonly number[] = []) => [
  ...START,
  ...before,
  ...segment(0xc0, [8, ...u16(480), ...u16(640), 1, 1, 0x11, 0]),
  ...segment(0xda, [1, 1, 0, 0, 63, 0]),
  ...[1, 2, 0xff, 0, 3, 0xff, 0xd3, 4, 5, 6],
];
const read = (bytes: readonly number[]) => readImageHeader(Uint8Array.from(bytes));

test("a JPEG is whole where its own data end, whatever lies inside its segments or behind them", () => {
  const thumbnail = segment(0xe1, [...latin1("Exif\0\0MM\0*"), 0, 0, 0, 8, 0, 0, ...START, 9, 9, ...END]);
  const film = Array.from({ length: 100_000 }, (_, i) => i % 255);
  const size = { width: 640, height: 480 };
  expect(read([...picture(), ...END])).toMatchObject({ ...size, complete: true });
  expect(read([...picture(), 0xff, ...END, ...film])).toMatchObject({ ...size, complete: true });
  expect(read([...picture(thumbnail), ...END])).toMatchObject({ ...size, complete: true });
  expect(read(picture())).toMatchObject({ ...size, complete: false });
  expect(read(picture(thumbnail))).toMatchObject({ ...size, complete: false });
  expect(read([...picture(), ...segment(0xc4, film.slice(0, 300)), ...END])).toMatchObject({
    complete: true,
  });
});
