import { expect, test } from "vitest";
import { wideReference } from "../../../tools/matrix/results/wide-reference.ts";
import { isPlanar } from "../planes/picture.ts";
import { fixtureFile } from "../test-media.ts";
import { openVideo } from "./open-video.ts";

/** The colours of the test pictures as signals of 0 to 1: a grey ramp, primaries and their sums, and others. */
const PATCHES: readonly (readonly [number, number, number])[] = (() => {
  const patches: [number, number, number][] = [];
  for (let i = 0; i < 16; i++) patches.push([i / 15, i / 15, i / 15]);
  for (const [r, g, b] of [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [1, 1, 0],
    [0, 1, 1],
    [1, 0, 1],
  ] as const) {
    for (const share of [0.25, 0.5, 0.75, 1]) patches.push([share * r, share * g, share * b]);
  }
  let k = 7;
  const next = () => {
    k = Number((BigInt(k) * 1_103_515_245n + 12_345n) % 2n ** 31n);
    return (0.9 * ((k >> 8) % 1000)) / 1000;
  };
  while (patches.length < 64) patches.push([next(), next(), next()]);
  return patches;
})();

type Rgb = readonly [number, number, number];

/** Luma and chroma of a signal as 10 bits of BT.2020 hold them. */
function stored([r, g, b]: Rgb): Rgb {
  const y = 0.2627 * r + 0.678 * g + 0.0593 * b;
  const luma = (Math.round((16 + 219 * y) * 4) / 4 - 16) / 219;
  const [u, v] = [(b - y) / 1.8814, (r - y) / 1.4746].map(
    (value) => (Math.round((128 + 224 * value) * 4) / 4 - 128) / 224,
  ) as [number, number];
  return [luma, u, v];
}

/** The levels in the middle of each patch, and what else is told. */
async function seen(name: string) {
  const video = await openVideo(await fixtureFile(name));
  const colours: Rgb[] = [];
  for await (const { picture } of video.pictures()) {
    if (isPlanar(picture)) throw new Error("wide colours came as planes");
    for (let patch = 0; patch < PATCHES.length; patch++) {
      const at = (((patch >> 3) * 16 + 8) * picture.width + (patch % 8) * 16 + 8) * 4;
      colours.push([picture.data[at]!, picture.data[at + 1]!, picture.data[at + 2]!]);
    }
    break;
  }
  video.dispose();
  return { colours, decoder: video.decoder, colour: video.colour, warnings: video.warnings };
}

test.each(["hlg", "pq", "wide"] as const)(
  "%s is shown as the standards say, to within 3 of 255, and by both decoders alike",
  async (kind) => {
    const [native, fallback] = [await seen(`${kind}.webm`), await seen(`${kind}.mp4`)];
    // The browser of these tests has VP9 and no HEVC.
    expect([native.decoder, fallback.decoder]).toEqual(["webcodecs", "ffmpeg"]);
    for (const { colours, colour, warnings } of [native, fallback]) {
      let worst = 0;
      for (const [patch, signal] of PATCHES.entries()) {
        const wanted = wideReference(kind, stored(signal));
        wanted.forEach((level, k) => (worst = Math.max(worst, Math.abs(level - colours[patch]![k]!))));
      }
      expect(worst).toBeLessThanOrEqual(3);
      expect(colour).toBeNull();
      expect(warnings.map(({ code }) => code)).toEqual(kind === "wide" ? [] : ["video/hdr"]);
    }
  },
);
