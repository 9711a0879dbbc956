type Rgb = readonly [number, number, number];
const mapped = (rgb: Rgb, work: (value: number) => number): Rgb => [work(rgb[0]), work(rgb[1]), work(rgb[2])];
const clipped = (value: number) => Math.min(1, Math.max(0, value));

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

const SCREENS = {
  hlg: (signal: Rgb) => levels(toneMapped(hlg(signal))),
  pq: (signal: Rgb) => levels(toneMapped(pq(signal))),
  wide: (signal: Rgb) => levels(usual(signal)),
} as const;

/**
 * What a usual screen shows of a colour of BT.2020, by the standards' own equations and apart from the product's.
 * @param yuv luma of 0 to 1, chroma of -0.5 to 0.5.
 * @returns levels of sRGB, 0 to 255.
 */
export function wideReference(kind: keyof typeof SCREENS, [y, u, v]: Rgb): Rgb {
  const [red, blue] = [y + 1.4746 * v, y + 1.8814 * u];
  return SCREENS[kind](mapped([red, (y - 0.2627 * red - 0.0593 * blue) / 0.678, blue], clipped));
}
