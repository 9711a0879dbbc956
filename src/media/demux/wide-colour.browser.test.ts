import { expect, test } from "vitest";
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
const mapped = (rgb: Rgb, work: (value: number) => number): Rgb => [work(rgb[0]), work(rgb[1]), work(rgb[2])];
const clipped = (value: number) => Math.min(1, Math.max(0, value));

/** The signal as 10 bits of BT.2020's luma and chroma hold it. */
function stored([r, g, b]: Rgb): Rgb {
  const y = 0.2627 * r + 0.678 * g + 0.0593 * b;
  const luma = (Math.round((16 + 219 * y) * 4) / 4 - 16) / 219;
  const [u, v] = [(b - y) / 1.8814, (r - y) / 1.4746].map(
    (value) => (Math.round((128 + 224 * value) * 4) / 4 - 128) / 224,
  ) as [number, number];
  const [red, blue] = [luma + 1.4746 * v, luma + 1.8814 * u];
  return mapped([red, (luma - 0.2627 * red - 0.0593 * blue) / 0.678, blue], clipped);
}

/** Diffuse whites (203 nits) of HLG on a screen of 1000 nits. @see ITU-R BT.2100-2. */
function hlg(signal: Rgb): Rgb {
  const scene = mapped(signal, (value) =>
    value <= 0.5 ? value ** 2 / 3 : (Math.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12,
  );
  const luminance = 0.2627 * scene[0] + 0.678 * scene[1] + 0.0593 * scene[2];
  return mapped(scene, (value) => (1000 * value * luminance ** 0.2) / 203);
}

/** Diffuse whites of PQ. @see SMPTE ST 2084. */
function pq(signal: Rgb): Rgb {
  return mapped(signal, (value) => {
    const power = value ** (1 / 78.84375);
    const share = Math.max(0, power - 0.8359375) / (18.8515625 - 18.6875 * power);
    return (10_000 * share ** (1 / 0.1593017578125)) / 203;
  });
}

/** Reference white tone mapping (SMPTE ST 2094-50) of 1000 nits to a usual screen, by bisection of its Bézier. */
function toneMapped(light: Rgb): Rgb {
  const peak = 1000 / 203;
  const largest = Math.max(...light);
  const bezier = (t: number, a: number, b: number, c: number) =>
    (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c;
  let shown = largest / 2;
  if (largest > peak) shown = 1;
  else if (largest > 1) {
    let [low, high] = [0, 1];
    for (let i = 0; i < 60; i++) {
      const t = (low + high) / 2;
      if (bezier(t, 1, 0.35 + 0.65 / 0.5, peak) < largest) low = t;
      else high = t;
    }
    shown = bezier(low, 0.5, 0.35 * 0.5 + 0.65, 1);
  }
  return mapped(light, (value) => (largest > 0 ? (value * shown) / largest : 0));
}

const usual = (signal: Rgb) =>
  mapped(signal, (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));

/** Light of BT.2020 as levels of sRGB. */
function levels([r, g, b]: Rgb): Rgb {
  const light: Rgb = [
    1.660491 * r - 0.587641 * g - 0.07285 * b,
    -0.12455 * r + 1.1329 * g - 0.00835 * b,
    -0.018151 * r - 0.100579 * g + 1.11873 * b,
  ];
  return mapped(light, (value) => {
    const share = clipped(value);
    return 255 * (share <= 0.0031308 ? 12.92 * share : 1.055 * share ** (1 / 2.4) - 0.055);
  });
}

const REFERENCES = {
  hlg: (signal: Rgb) => levels(toneMapped(hlg(signal))),
  pq: (signal: Rgb) => levels(toneMapped(pq(signal))),
  wide: (signal: Rgb) => levels(usual(signal)),
} as const;

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
        const wanted = REFERENCES[kind](stored(signal));
        wanted.forEach((level, k) => (worst = Math.max(worst, Math.abs(level - colours[patch]![k]!))));
      }
      expect(worst).toBeLessThanOrEqual(3);
      expect(colour).toBeNull();
      expect(warnings.map(({ code }) => code)).toEqual(kind === "wide" ? [] : ["video/hdr"]);
    }
  },
);
