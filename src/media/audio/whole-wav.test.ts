import { expect, test } from "vitest";
import { tone, wav } from "../test-media.ts";
import { wholeWav } from "./whole-wav.ts";

const SOUND_BYTES = 16_000;
const whole = () =>
  wav({ sampleRateHz: 16_000, signal: tone(440), seconds: 0.5 }).arrayBuffer() as Promise<ArrayBuffer>;

/** Where a file's sound begins, and how long it says that it is. */
async function dataOf(file: Blob): Promise<[from: number, length: number]> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const from = new TextDecoder("latin1").decode(bytes).indexOf("data") + 8;
  return [from, new DataView(bytes.buffer).getUint32(from - 4, true)];
}

/** The header of RF64 before a sound. @param length of the sound, as it says. */
function rf64(bytes: ArrayBuffer, length: number): Blob {
  const sizes = new DataView(new ArrayBuffer(28));
  sizes.setBigUint64(8, BigInt(length), true);
  const unknown = new Uint8Array(4).fill(0xff);
  const ds64 = ["ds64", new Uint8Array([28, 0, 0, 0]), sizes.buffer];
  return new Blob(["RF64", unknown, "WAVE", ...ds64, bytes.slice(12, 40), unknown, bytes.slice(44)]);
}

test.each([0, 1000, 0x7fff_ffdb, 0xffff_ffff])(
  "a WAV that says that its sound is %i bytes long is read to its end",
  async (told) => {
    const bytes = await whole();
    new DataView(bytes).setUint32(40, told, true);
    const mended = await wholeWav(new Blob([bytes]));
    const [from, length] = await dataOf(mended);
    expect([length, mended.size - from]).toEqual([SOUND_BYTES, SOUND_BYTES]);
    expect(await mended.slice(from).bytes()).toEqual(new Uint8Array(bytes, 44));
  },
);

test("so is an RF64 whose recorder died; what is whole, or followed by other chunks, stays as it is", async () => {
  const bytes = await whole();
  for (const told of [0, 2 ** 40]) {
    const [from, length] = await dataOf(await wholeWav(rf64(bytes, told)));
    expect([from, length]).toEqual([44, SOUND_BYTES]);
  }
  const list = ["LIST", new Uint8Array([4, 0, 0, 0]), "INFO"];
  for (const file of [
    new Blob([bytes]),
    new Blob([bytes, ...list]),
    rf64(bytes, SOUND_BYTES),
    new Blob([bytes.slice(0, 30)]),
    new Blob(["no sound at all"]),
  ])
    expect(await wholeWav(file)).toBe(file);
});
