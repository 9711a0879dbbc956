import { EngineError } from "../../job/errors.ts";
import { warning, type Warning } from "../../job/warnings.ts";
import type { Model, Tensor } from "../model.ts";
import { keepVerdict, readVerdict, type Verdict } from "./verdicts.ts";

/** How a network is tried. */
export interface Trial {
  /** What the network makes of one real frame, by name. */
  run(model: Model, on: CheckedModel["on"]): Promise<Readonly<Record<string, Pick<Tensor, "data">>>>;
  /** Largest {@link outputsDifference} that counts as the same. */
  readonly tolerance: number;
}

/** A network that is to run on a graphics device, and how it runs on the processor. */
export interface CheckedOpening {
  /** Names the network in warnings. */
  readonly label: string;
  /** What the verdict belongs to: the file's hash, the browser, the device, and whatever else decides on the shaders. */
  readonly key: string;
  /** The graphics device, as the user knows it. */
  readonly adapter: string;
  readonly trial: Trial;
  openOnDevice(): Promise<Model>;
  openOnProcessor(): Promise<Model>;
}

/** A network that runs on the graphics device as long as that is right, else on the processor. */
export interface CheckedModel extends Model {
  readonly on: "device" | "processor";
  /** Says why it runs on the processor, or that it could not be compared. */
  readonly note: Warning | undefined;
}

const codeOf = (error: unknown) => (error instanceof EngineError ? error.code : undefined);
/** Failures that are no fault of the network: nothing is learned from them for the next time. */
const isPassing = (error: unknown) => ["device/memory", "model/load"].includes(codeOf(error) ?? "");

/**
 * Largest difference of two results, each output as a share of its largest value in `expected`, or of 1 where all are
 * below that; infinite where one has another length or a value that is no number.
 */
export function outputsDifference(
  expected: Readonly<Record<string, Pick<Tensor, "data">>>,
  given: Readonly<Record<string, Pick<Tensor, "data">>>,
): number {
  let most = 0;
  for (const [name, { data }] of Object.entries(expected)) {
    const other = given[name]?.data;
    if (other?.length !== data.length) return Infinity;
    let [scale, difference] = [1, 0];
    for (let i = 0; i < data.length; i++) {
      const [value, its] = [data[i]!, other[i]!];
      // Where the processor overflows as well the device is no worse.
      if (Object.is(value, its)) continue;
      const apart = Math.abs(value - its);
      if (!(apart < Infinity)) return Infinity;
      difference = Math.max(difference, apart);
      scale = Math.max(scale, Math.abs(value));
    }
    most = Math.max(most, difference / scale);
  }
  return most;
}

class DeviceOrProcessor implements CheckedModel {
  private moving: Promise<void> | undefined;

  constructor(
    private readonly opening: CheckedOpening,
    private model: Model,
    public on: CheckedModel["on"],
    public note: Warning | undefined,
  ) {}

  get inputs() {
    return this.model.inputs;
  }

  get outputs() {
    return this.model.outputs;
  }

  async run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const { model } = this;
    try {
      return await model.run(feeds);
    } catch (error) {
      if (codeOf(error) === "device/lost" || (this.on === "processor" && model === this.model)) throw error;
      // Other shapes than those of the trial may be refused as well.
      this.moving ??= this.move();
      await this.moving;
      return this.model.run(feeds);
    }
  }

  release(): Promise<void> {
    return this.model.release();
  }

  private async move(): Promise<void> {
    const before = this.model;
    this.model = await this.opening.openOnProcessor();
    this.on = "processor";
    this.note = noteFor({ kind: "refused" }, this.opening);
    await before.release();
  }
}

/** Beyond it, as for values that are no numbers, how far apart they are tells nothing. */
const MAX_DIFFERENCE = 10;

function noteFor(
  { kind, difference = 0 }: Pick<Verdict, "kind" | "difference">,
  { label, adapter }: CheckedOpening,
): Warning | undefined {
  const values = { model: label, adapter };
  if (kind === "right") return undefined;
  if (kind === "refused") return warning("model/device-refused", values);
  if (kind === "lost") return warning("model/device-lost", values);
  const percent =
    difference < MAX_DIFFERENCE ? Number((difference * 100).toPrecision(2)) : 100 * MAX_DIFFERENCE;
  return warning("model/device-differs", { ...values, percent });
}

/** What the trial gives on the processor, or why it gives nothing there. */
async function expectedOf({ openOnProcessor, trial }: CheckedOpening) {
  try {
    const model = await openOnProcessor();
    try {
      return { outputs: await trial.run(model, "processor") };
    } finally {
      // Its memory serves the next one; the device's copy is opened only then.
      await model.release();
    }
  } catch (error) {
    return { error };
  }
}

/** Opens the network on the device and tries it there. */
async function tryOnDevice(
  { openOnDevice, trial }: CheckedOpening,
  expected: Readonly<Record<string, Pick<Tensor, "data">>> | undefined,
): Promise<{ model: Model; difference: number }> {
  const model = await openOnDevice();
  try {
    const given = await trial.run(model, "device");
    return { model, difference: expected ? outputsDifference(expected, given) : 0 };
  } catch (error) {
    if (codeOf(error) !== "device/lost") await model.release();
    throw error;
  }
}

/**
 * Opens a network on a graphics device if it computes there what it computes on the processor, else on the processor, and
 * says so. The first time one real frame is run on both; the verdict is kept, so that the next time only one is opened.
 * A network that cannot run on the processor, for lack of memory or otherwise, is used as it is, and that is said, too.
 * @throws EngineError `device/lost` when the device goes away or does not answer in the trial: the next time, in a new
 * worker, the network then runs on the processor; and whatever the openings throw when neither succeeds.
 */
export async function openChecked(opening: CheckedOpening): Promise<CheckedModel> {
  const { key, trial, label } = opening;
  const known = await readVerdict(key);
  if (known?.kind === "right") {
    return new DeviceOrProcessor(opening, await opening.openOnDevice(), "device", undefined);
  }
  const onProcessor = async (verdict: Pick<Verdict, "kind" | "difference">) =>
    new DeviceOrProcessor(opening, await opening.openOnProcessor(), "processor", noteFor(verdict, opening));
  if (known) return onProcessor(known);

  const expected = await expectedOf(opening);
  let verdict: Pick<Verdict, "kind" | "difference">;
  let lasting = true;
  try {
    const { model, difference } = await tryOnDevice(opening, expected.outputs);
    if (!expected.outputs) {
      return new DeviceOrProcessor(opening, model, "device", warning("model/unchecked", { model: label }));
    }
    verdict = { kind: difference <= trial.tolerance ? "right" : "differs", difference };
    if (verdict.kind === "right") {
      await keepVerdict(key, { ...verdict, at: Date.now() });
      return new DeviceOrProcessor(opening, model, "device", undefined);
    }
    await model.release();
  } catch (error) {
    if (codeOf(error) === "device/lost") {
      await keepVerdict(key, { kind: "lost", at: Date.now() });
      throw error;
    }
    if (!expected.outputs) throw error;
    verdict = { kind: "refused" };
    lasting = !isPassing(error);
  }
  if (lasting) await keepVerdict(key, { ...verdict, at: Date.now() });
  return onProcessor(verdict);
}
