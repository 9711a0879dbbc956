import { expect, test } from "vitest";
import { avcRecordOf } from "./avc-record.ts";

const bytes = (hex: string) => Uint8Array.from(hex.split(" "), (byte) => Number.parseInt(byte, 16));
const SPS = "67 64 00 1e ac d9 41 e0 4d f9 61 00 00 03 00 01 00 1e 84 80 0f 16 2d 96";
const PPS = "68 eb e3 cb 22 c0";
const SLICE = "65 88 82 00 0d";

test("the record holds the parameter sets of the key frame as they are, and High's chroma format", () => {
  // The start of a key frame as Firefox 153 gave it.
  const keyFrame = bytes(`00 00 00 18 ${SPS} 00 00 00 06 ${PPS} 00 00 00 05 ${SLICE}`);
  expect(avcRecordOf(keyFrame)).toEqual(bytes(`01 64 00 1e ff e1 00 18 ${SPS} 01 00 06 ${PPS} fd f8 f8 00`));
});

test("Baseline's record ends with the picture sets", () => {
  const sps = "67 42 e0 1e 8d 68";
  const keyFrame = bytes(`00 00 00 06 ${sps} 00 00 00 04 68 ce 3c 80 00 00 00 05 ${SLICE}`);
  expect(avcRecordOf(keyFrame)).toEqual(bytes(`01 42 e0 1e ff e1 00 06 ${sps} 01 00 04 68 ce 3c 80`));
});

test("a frame without sets, or cut off within them, gives no record", () => {
  expect(avcRecordOf(bytes(`00 00 00 05 ${SLICE}`))).toBeUndefined();
  expect(avcRecordOf(bytes(`00 00 00 18 ${SPS} 00 00 00 06 68 eb`))).toBeUndefined();
  expect(avcRecordOf(new Uint8Array(0))).toBeUndefined();
});
