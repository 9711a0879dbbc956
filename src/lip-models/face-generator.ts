import { EngineError } from "../job/errors.ts";
import type { RgbaImage } from "../core/image.ts";
import type { Model, Port, Tensor } from "../inference/model.ts";
import type { Runtime } from "../inference/runtime.ts";
import { faceInputLength, readFaceOutput, writeFaceInput } from "./frames/face-tensor.ts";
import type { LipFramesManifest } from "./manifest/manifest.ts";
import type { MelSpectrogram } from "./frames/mel.ts";
import { copyWindow } from "./frames/mel-window.ts";

/** One face to generate. */
export interface FaceOrder {
  /** Square picture of the manifest's size. */
  readonly face: RgbaImage;
  /** Square picture of the manifest's size. */
  readonly reference: RgbaImage;
  /** First mel column of the frame's window. */
  readonly column: number;
}

/** A model of the role `lip-frames` that is ready to run. */
export interface FaceGenerator {
  readonly manifest: LipFramesManifest;
  /** Frames a run; more are split, a fixed batch is filled up. */
  readonly batch: number;
  /**
   * Faces as the model generates them, in the order given.
   * @throws EngineError `model/unsupported` when the model answers with other shapes or with numbers that are not finite.
   */
  generate(mel: MelSpectrogram, orders: readonly FaceOrder[]): Promise<RgbaImage[]>;
  /** The model's raw numbers for the same, without range or colour order applied; `[frames, 3 · size²]`. */
  generateRaw(mel: MelSpectrogram, orders: readonly FaceOrder[]): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Whether a model's port can take or give the manifest's shape; −1 fits every size. */
const fits = (port: Port, dims: readonly (number | "batch")[]) =>
  port.dims.length === dims.length &&
  port.dims.every((size, i) => size === -1 || dims[i] === "batch" || size === dims[i]);

function findPort(
  ports: readonly Port[],
  wanted: { readonly dims: readonly (number | "batch")[]; readonly name?: string | undefined },
  what: string,
): Port {
  const candidates = ports.filter((port) => fits(port, wanted.dims));
  const found = candidates.find((port) => port.name === wanted.name) ?? candidates[0];
  if (found) return found;
  throw new EngineError(
    "model/unsupported",
    `The model has no ${what} of shape [${wanted.dims.join(", ")}]; it has ${ports.map((port) => `${port.name} [${port.dims.join(", ")}]`).join("; ")}. Choose another manifest.`,
  );
}

/**
 * Opens a model as its manifest describes it, without comparing it with another backend.
 * @param file the .onnx file.
 * @param batch frames a run, for models that take any number.
 * @throws EngineError `model/unsupported` when onnxruntime refuses it or its ports have other shapes.
 */
export async function openFaceGenerator(
  runtime: Runtime,
  file: Blob,
  manifest: LipFramesManifest,
  batch: number,
): Promise<FaceGenerator> {
  const model = await runtime.loadFile(file, manifest.name);
  try {
    return generatorOf(model, manifest, batch);
  } catch (error) {
    await model.release();
    throw error;
  }
}

/**
 * A model that is open already, used as its manifest describes it.
 * @param asked frames a run, for models that take any number.
 * @throws EngineError `model/unsupported` when its ports have other shapes.
 */
export function generatorOf(model: Model, manifest: LipFramesManifest, asked: number): FaceGenerator {
  const [audio, face] = manifest.inputs;
  const audioPort = findPort(model.inputs, audio, "sound input");
  const facePort = findPort(
    model.inputs.filter((port) => port !== audioPort),
    face,
    "face input",
  );
  const outPort = findPort(model.outputs, manifest.output, "face output");
  const fixed = typeof face.dims[0] === "number" ? face.dims[0] : undefined;
  const batch = fixed ?? Math.max(1, asked);
  const { bands, columns } = manifest.audio;
  const faceLength = faceInputLength(manifest);
  const outLength = 3 * manifest.size ** 2;
  const shaped = (dims: readonly (number | "batch")[], count: number) => [
    count,
    ...(dims.slice(1) as number[]),
  ];

  async function run(mel: MelSpectrogram, orders: readonly FaceOrder[]): Promise<Float32Array> {
    const count = fixed ?? orders.length;
    const sound = new Float32Array(count * bands * columns);
    const pictures = new Float32Array(count * faceLength);
    for (let i = 0; i < count; i++) {
      const order = orders[Math.min(i, orders.length - 1)]!;
      copyWindow(mel, order.column, manifest.audio, audio.order, sound, i * bands * columns);
      writeFaceInput(manifest, order.face, order.reference, pictures, i * faceLength);
    }
    const feeds: Record<string, Tensor> = {
      [audioPort.name]: { data: sound, dims: shaped(audio.dims, count) },
      [facePort.name]: { data: pictures, dims: shaped(face.dims, count) },
    };
    const { data, dims } = (await model.run(feeds))[outPort.name]!;
    if (data.length !== count * outLength) {
      throw new EngineError(
        "model/unsupported",
        `The model answered with [${dims.join(", ")}] in the place of [${shaped(manifest.output.dims, count).join(", ")}]. Choose another manifest.`,
      );
    }
    return data.subarray(0, orders.length * outLength);
  }

  async function generateRaw(mel: MelSpectrogram, orders: readonly FaceOrder[]): Promise<Float32Array> {
    const all = new Float32Array(orders.length * outLength);
    for (let from = 0; from < orders.length; from += batch) {
      all.set(await run(mel, orders.slice(from, from + batch)), from * outLength);
    }
    return all;
  }

  return {
    manifest,
    batch,
    generateRaw,
    async generate(mel, orders) {
      const raw = await generateRaw(mel, orders);
      if (!raw.every(Number.isFinite)) {
        throw new EngineError(
          "model/unsupported",
          "The model generated values that are not numbers. A half-precision export often overflows; use the float32 export or the other backend.",
        );
      }
      return orders.map((_, i) => readFaceOutput(manifest, raw, i * outLength));
    },
    release: () => model.release(),
  };
}
