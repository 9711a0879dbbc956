import { toEngineError } from "../job/errors.ts";
import type { DeviceWatch } from "./device-watch.ts";
import { toFloats, toHalves } from "./element-types.ts";
import { exclusively } from "./exclusive.ts";
import type { Model, Port, Tensor } from "./model.ts";
import type { Ort } from "./ort.ts";

type Session = Awaited<ReturnType<Ort["InferenceSession"]["create"]>>;

const ports = (metadata: Session["inputMetadata"]): Port[] =>
  metadata.map((port) => ({
    name: port.name,
    dims: port.isTensor ? port.shape.map((size) => (typeof size === "number" ? size : -1)) : [],
  }));

/** A network that onnxruntime has opened. */
export class OrtModel implements Model {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  private released: Promise<void> | undefined;

  constructor(
    private readonly ort: Ort,
    private readonly session: Session,
    private readonly watch: DeviceWatch,
    private readonly label: string,
    /** What a refused run is: our own mistake, or that of a file which the user brought. */
    private readonly refusal: "internal/bug" | "model/unsupported",
  ) {
    this.inputs = ports(session.inputMetadata);
    this.outputs = ports(session.outputMetadata);
  }

  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    return exclusively(async () => {
      try {
        return await this.watch.guard(() => this.runSession(feeds));
      } catch (error) {
        throw toEngineError(error, this.refusal, `The model ${this.label} could not be run`);
      }
    });
  }

  private async runSession(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const given = Object.entries(feeds).map(([name, tensor]) => [name, this.feed(name, tensor)] as const);
    const results = await this.session.run(Object.fromEntries(given));
    const outputs: Record<string, Tensor> = {};
    for (const [name, result] of Object.entries(results)) {
      const data = await result.getData(true);
      outputs[name] = {
        data: toFloats(data, result.type),
        dims: result.dims,
      };
    }
    return outputs;
  }

  private feed(name: string, { data, dims }: Tensor) {
    const port = this.session.inputMetadata.find((metadata) => metadata.name === name);
    const type = port?.isTensor ? port.type : "float32";
    if (type === "float16") return new this.ort.Tensor("float16", toHalves(data), dims);
    if (type === "uint8") return new this.ort.Tensor("uint8", Uint8ClampedArray.from(data), dims);
    return new this.ort.Tensor("float32", data, dims);
  }

  release(): Promise<void> {
    this.released ??= exclusively(() => this.session.release());
    return this.released;
  }
}
