/** −3 dB, the weight of centre and surround channels in ITU-R BS.775. */
const HALF_POWER = Math.SQRT1_2;
/** A mean of two channels that is weaker than the stronger one by this factor of power cancels what people hear. */
const CANCELLED = 0.1;
/** Time constant of the running powers by which {@link createMonoMix} tells cancellation, in samples: a few pitch periods. */
const MEMORY_SAMPLES = 2048;
/** It decides anew after so many. */
const STEP_SAMPLES = 512;

type Plane = Float32Array<ArrayBuffer>;

/** Channels of each side beside the front one, and those in the middle, by number of channels. */
interface Layout {
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly middle: readonly number[];
}

/**
 * Layouts in the order of WAVE and WebCodecs (front left and right, centre, low frequencies, back, side); the
 * low-frequency channel is left out.
 */
const LAYOUTS: Readonly<Record<number, Layout>> = {
  3: { left: [], right: [], middle: [2] },
  4: { left: [2], right: [3], middle: [] },
  5: { left: [3], right: [4], middle: [2] },
  6: { left: [4], right: [5], middle: [2] },
  7: { left: [5], right: [6], middle: [2, 4] },
  8: { left: [4, 6], right: [5, 7], middle: [2] },
};

function mix(planes: readonly Plane[], front: number, others: readonly number[]): Plane {
  const scale = 1 / (1 + HALF_POWER * others.length);
  const mixed = planes[front]!.slice();
  for (const index of others) {
    const plane = planes[index]!;
    for (let i = 0; i < mixed.length; i++) mixed[i]! += HALF_POWER * plane[i]!;
  }
  for (let i = 0; i < mixed.length; i++) mixed[i]! *= scale;
  return mixed;
}

/** The mean of all channels. */
function average(planes: readonly Plane[]): Plane {
  const mono = new Float32Array(planes[0]?.length ?? 0);
  const scale = 1 / planes.length;
  for (const plane of planes) {
    for (let i = 0; i < mono.length; i++) mono[i]! += plane[i]! * scale;
  }
  return mono;
}

/**
 * Two channels of any number: 3.0 to 7.1 by ITU-R BS.775 with the gains brought down so that nothing clips, one
 * channel twice, layouts that are not known averaged.
 * @param planes one array a channel, all of one length; not changed, but may be given back.
 */
export function toStereo(planes: readonly Plane[]): [left: Plane, right: Plane] {
  if (planes.length === 2) return [planes[0]!, planes[1]!];
  const layout = LAYOUTS[planes.length];
  if (!layout) {
    const mono = planes.length === 1 ? planes[0]! : average(planes);
    return [mono, mono.slice()];
  }
  return [
    mix(planes, 0, [...layout.middle, ...layout.left]),
    mix(planes, 1, [...layout.middle, ...layout.right]),
  ];
}

/**
 * One channel as people hear it: the mean of left and right, but where the two cancel each other (one is the other
 * turned over, as some recorders and adapters write it) the stronger of them.
 * @returns a function that takes blocks of one sound in their order.
 */
export function createMonoMix(): (planes: readonly Plane[]) => Plane {
  const power = { mean: 0, left: 0, right: 0 };
  const kept = Math.exp(-STEP_SAMPLES / MEMORY_SAMPLES);
  let cancelled = false;
  /** Samples since the last decision. */
  let seen = 0;
  let sums = { mean: 0, left: 0, right: 0 };
  const decide = () => {
    power.mean = kept * power.mean + sums.mean;
    power.left = kept * power.left + sums.left;
    power.right = kept * power.right + sums.right;
    const strongest = Math.max(power.left, power.right);
    // One silent channel halves the mean, which is −6 dB and no cancellation; back only when the mean is sound again.
    cancelled = power.mean < CANCELLED * (cancelled ? 2 : 1) * strongest;
    sums = { mean: 0, left: 0, right: 0 };
    seen = 0;
  };
  return (planes) => {
    if (planes.length === 1) return planes[0]!;
    const [left, right] = toStereo(planes);
    const mono = average([left, right]);
    for (let from = 0; from < mono.length;) {
      const end = Math.min(mono.length, from + STEP_SAMPLES - seen);
      sums.mean += powerOf(mono, from, end);
      sums.left += powerOf(left, from, end);
      sums.right += powerOf(right, from, end);
      seen += end - from;
      if (seen === STEP_SAMPLES) decide();
      if (cancelled) mono.set((power.left >= power.right ? left : right).subarray(from, end), from);
      from = end;
    }
    return mono;
  };
}

function powerOf(plane: Plane, from: number, end: number): number {
  let sum = 0;
  for (let i = from; i < end; i++) sum += plane[i]! * plane[i]!;
  return sum;
}
