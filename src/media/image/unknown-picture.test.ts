import { expect, test } from "vitest";
import { readImageHeader } from "./image-header.ts";

test("a format that is not known here is not called cut short", () => {
  const jpegXl = new Uint8Array(64);
  jpegXl.set([0, 0, 0, 12, 0x4a, 0x58, 0x4c, 0x20, 13, 10, 0x87, 10]);
  expect(readImageHeader(jpegXl)).toMatchObject({ complete: true });
});

test("a JPEG that ends within its header is", () => {
  const jpeg = new Uint8Array(40).fill(0);
  jpeg.set([0xff, 0xd8, 0xff, 0xe1, 0x40, 0]);
  expect(readImageHeader(jpeg).complete).toBe(false);
});
