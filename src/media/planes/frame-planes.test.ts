import { expect, test } from "vitest";
import { createRandom } from "../../core/random.ts";
import { yuvToRgba, type Plane } from "./frame-planes.ts";

const random = createRandom(3);
const noise = (width: number, height: number): Plane => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height }, () => random() * 256),
});

const KR_KB = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722], bt2020: [0.2627, 0.0593] } as const;

/** ITU-R BT.601, 709 and 2020 in floating point. */
function reference(matrix: keyof typeof KR_KB, fullRange: boolean, yuv: readonly number[]): number[] {
  const [kr, kb] = KR_KB[matrix];
  const luma = fullRange ? yuv[0]! : (255 / 219) * (yuv[0]! - 16);
  const [cb, cr] = [1, 2].map((i) => (fullRange ? 1 : 255 / 224) * (yuv[i]! - 128)) as [number, number];
  const [red, blue] = [luma + 2 * (1 - kr) * cr, luma + 2 * (1 - kb) * cb];
  const green = luma - (2 * (1 - kb) * kb * cb + 2 * (1 - kr) * kr * cr) / (1 - kr - kb);
  return [red, green, blue].map((value) => Math.min(255, Math.max(0, value)));
}

test.each([
  ["bt601", false, 48, 20, 24, 10],
  ["bt709", false, 37, 23, 19, 12],
  ["bt709", true, 33, 9, 33, 9],
  ["bt2020", false, 50, 14, 25, 14],
  ["bt601", true, 1, 1, 1, 1],
] as const)(
  "%s, full range %s, %d × %d with chroma of %d × %d is converted as in floating point",
  (...[matrix, fullRange, width, height, chromaWidth, chromaHeight]) => {
    const planes = [
      noise(width, height),
      noise(chromaWidth, chromaHeight),
      noise(chromaWidth, chromaHeight),
    ] as const;
    const { data } = yuvToRgba({ planes, matrix, fullRange });
    expect(data.length).toBe(width * height * 4);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const chroma =
          Math.floor((y * chromaHeight) / height) * chromaWidth + Math.floor((x * chromaWidth) / width);
        const yuv = [planes[0].data[y * width + x]!, planes[1].data[chroma]!, planes[2].data[chroma]!];
        const expected = reference(matrix, fullRange, yuv);
        const at = (y * width + x) * 4;
        // Half a step of rounding, and coefficients in steps of 1/8192.
        expected.forEach((value, i) => expect(Math.abs(data[at + i]! - value)).toBeLessThan(0.55));
        expect(data[at + 3]).toBe(255);
      }
    }
  },
);

test("frames of one size do not share their pixels", () => {
  const grey = (value: number) => ({ width: 20, height: 4, data: new Uint8Array(80).fill(value) });
  const [first, second] = [200, 40].map((value) =>
    yuvToRgba({ planes: [grey(value), grey(128), grey(128)], matrix: "bt709", fullRange: true }),
  );
  expect([first!.data[0], second!.data[0]]).toEqual([200, 40]);
});
