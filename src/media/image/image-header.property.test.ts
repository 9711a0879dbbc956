import fc from "fast-check";
import { expect, test } from "vitest";
import { readImageHeader } from "./image-header.ts";

const latin1 = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
const u32 = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
const side = fc.integer({ min: 1, max: 65_535 });
const rest = fc.array(fc.nat({ max: 255 }), { minLength: 32, maxLength: 300 });

/** The first bytes of every kind of picture that is read. */
const beginning = fc.constantFrom(
  [0xff, 0xd8, 0xff, 0xe1, 0, 60, ...latin1("Exif"), 0, 0, ...latin1("II"), 42, 0, 8, 0, 0, 0],
  latin1("\x89PNG\r\n\x1a\n"),
  [...latin1("\x89PNG\r\n\x1a\n"), ...u32(9), ...latin1("eXIf")],
  latin1("GIF89a"),
  latin1("RIFF\0\0\0\0WEBPVP8X"),
  [...latin1("RIFF\0\0\0\0WEBPVP8X"), 10, 0, 0, 0, 8, 0, 0, 0, ...latin1("xxxxxxEXIF")],
  latin1("RIFF\0\0\0\0WEBPVP8L"),
  latin1("\0\0\0\x18ftypavif\0\0\0\x14ispe"),
  latin1("BM"),
  [],
);

test("whatever follows a picture's first bytes, its header is read to an end and is one", () => {
  fc.assert(
    fc.property(beginning, rest, (first, bytes) => {
      const { orientation, width, height } = readImageHeader(Uint8Array.from([...first, ...bytes]));
      expect(orientation).toBeGreaterThanOrEqual(1);
      expect(orientation).toBeLessThanOrEqual(8);
      expect(typeof width).toBe(typeof height);
    }),
    { numRuns: 400 },
  );
});

test("the size and orientation that a JPEG and a PNG state are found behind any other parts", () => {
  const part = fc.array(fc.nat({ max: 255 }), { maxLength: 40 });
  const turn = fc.integer({ min: 1, max: 8 });
  fc.assert(
    fc.property(side, side, turn, fc.array(part, { maxLength: 4 }), (width, height, orientation, parts) => {
      const tiff = [...latin1("MM"), 0, 42, ...u32(8), 0, 1, 1, 0x12, 0, 3, ...u32(1), 0, orientation, 0, 0];
      const exif = [...latin1("Exif\0\0"), ...tiff, 0, 0, 0, 0];
      const segment = (marker: number, bytes: readonly number[]) => [
        0xff,
        marker,
        ...u32(bytes.length + 2).slice(2),
        ...bytes,
      ];
      const frame = [
        8,
        ...u32(height).slice(2),
        ...u32(width).slice(2),
        3,
        1,
        0x22,
        0,
        2,
        0x11,
        1,
        3,
        0x11,
        1,
      ];
      const jpeg = [
        ...[0xff, 0xd8],
        ...parts.flatMap((bytes) => segment(0xe5, bytes)),
        ...segment(0xe1, exif),
        ...parts.flatMap((bytes) => segment(0xfe, bytes)),
        ...segment(0xc0, frame),
        ...[0xff, 0xd9],
      ];
      const facts = { width, height, orientation, animated: false, complete: true };
      expect(readImageHeader(Uint8Array.from(jpeg))).toEqual(facts);

      const chunk = (name: string, bytes: readonly number[]) => [
        ...u32(bytes.length),
        ...latin1(name),
        ...bytes,
        ...u32(0),
      ];
      const png = [
        ...latin1("\x89PNG\r\n\x1a\n"),
        ...chunk("IHDR", [...u32(width), ...u32(height), 8, 2, 0, 0, 0]),
        ...parts.flatMap((bytes) => chunk("tEXt", bytes)),
        ...chunk("eXIf", [...tiff, 0, 0, 0, 0]),
        ...chunk("IEND", []),
      ];
      expect(readImageHeader(Uint8Array.from(png))).toEqual(facts);
    }),
  );
});
