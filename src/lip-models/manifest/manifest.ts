import { z } from "zod";
import { EngineError } from "../../job/errors.ts";

// As in the API's schemas: pages forbid eval, and zod's probe for it would be reported as a violation.
z.config({ jitless: true });

/** Version of the manifest format that this engine reads. */
export const MANIFEST_VERSION = 1;

const share = z.number().min(-0.5).max(1);
const sizes = z.array(z.union([z.int().positive(), z.literal("batch")])).min(1);
const dtype = z.enum(["float32", "float16", "uint8"]);
const layout = z.enum(["NCHW", "NHWC"]);
const colour = z.enum(["BGR", "RGB"]);
const range = z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, "must rise");

/** How speech becomes mel columns, and which columns belong to a frame. */
export const melFeatures = z.strictObject({
  kind: z.literal("mel"),
  sampleRateHz: z.literal(16_000).describe("Rate of the mono samples; the engine resamples to it."),
  preEmphasis: z.number().min(0).max(1).describe("y[n] = x[n] − preEmphasis · x[n − 1]; 0 leaves it out."),
  fftSize: z.int().min(64).max(4096).multipleOf(2),
  windowSize: z.int().min(64).max(4096).describe("Periodic Hann window, centred in the FFT."),
  hopSize: z.int().min(16).max(4096),
  padding: z
    .enum(["reflect", "zero"])
    .describe("What stands before the first and after the last sample; half an FFT on each side."),
  spectrum: z.enum(["magnitude", "power"]),
  bands: z.int().min(8).max(256),
  lowHz: z.number().min(0),
  highHz: z.number().max(8000),
  scale: z.enum(["slaney", "htk"]),
  norm: z.enum(["slaney", "none"]).describe("slaney: each band has unit area; none: unit height."),
  minLevel: z.number().positive().describe("Floor under the logarithm."),
  refLevelDb: z.number(),
  normalise: z
    .strictObject({
      minDb: z.number().negative(),
      maxAbs: z.number().positive(),
    })
    .nullable()
    .describe("clip(2 · maxAbs · (dB − minDb) / −minDb − maxAbs) to ± maxAbs; null leaves decibels."),
  columns: z.int().positive().describe("Width of one frame's window in columns."),
  frameOffset: z
    .int()
    .min(-50)
    .max(50)
    .describe("The window of frame k starts where frame k + frameOffset does."),
  lastWindow: z
    .enum(["last-columns", "pad"])
    .describe("At the end of the sound: the last whole window, or one padded with silence."),
});

const audioPort = z.strictObject({
  use: z.literal("audio"),
  dims: sizes.describe("Matched by shape; batch, channel, bands and columns in the model's order."),
  order: z.enum(["bands-columns", "columns-bands"]),
  dtype,
  name: z.string().optional().describe("Only decides between ports of the same shape."),
});

const facePort = z.strictObject({
  use: z.literal("face"),
  dims: sizes,
  layout,
  dtype,
  colour,
  range: range.describe("Values of black and of white."),
  channels: z
    .array(z.enum(["masked", "reference"]))
    .min(1)
    .max(2)
    .describe("Pictures of three channels each, in order."),
  name: z.string().optional(),
});

const faceOutput = z.strictObject({
  use: z.literal("face"),
  dims: sizes,
  layout,
  dtype,
  colour,
  range,
  name: z.string().optional(),
});

const licence = z.strictObject({
  name: z.string().min(1),
  url: z.url().optional(),
  text: z.string().min(1).describe("The sentence or text that the user is shown."),
  commercialUse: z.enum(["yes", "no", "unknown"]),
  acceptanceRequired: z.boolean(),
});

const file = z.strictObject({
  name: z.string().min(1),
  bytes: z.int().positive().optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  url: z.url().optional().describe("Fetched only when the user asks for it."),
});

const common = {
  $schema: z.string().optional(),
  manifestVersion: z.literal(MANIFEST_VERSION),
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/)
    .describe("Name in the model store."),
  name: z.string().min(1),
  description: z.string(),
  licence,
  providers: z
    .array(z.enum(["webgpu", "wasm"]))
    .min(1)
    .describe("Where it may run."),
  file: file.nullable().describe("null: any file whose shapes fit."),
  externalData: z
    .literal("none")
    .describe("Weights beside the .onnx are refused; a file must be whole and below 2 GB."),
};

const lipFrames = z.strictObject({
  ...common,
  role: z.literal("lip-frames"),
  audio: melFeatures,
  inputs: z.tuple([audioPort, facePort]),
  output: faceOutput,
  size: z.int().min(16).max(1024).describe("Side of the face picture in pixels."),
  frameRate: z.strictObject({
    trained: z.number().positive(),
    any: z
      .boolean()
      .describe("Whether windows may be cut at the video's own rate; else they move at the trained one."),
  }),
  references: z.strictObject({
    count: z.int().min(0).max(1),
    source: z.enum(["same-frame", "first-frame"]),
  }),
  crop: z.strictObject({
    anchor: z.literal("landmark-bounds").describe("Bounds of the 468 points of the face mesh."),
    rotation: z.enum(["none", "eyes"]).describe("eyes: the line of the eyes becomes level."),
    shape: z.enum(["stretch", "square"]),
    margins: z
      .strictObject({ top: share, right: share, bottom: share, left: share })
      .describe("Added to the anchor as shares of its height or width; negative cuts."),
    smoothFrames: z.int().min(1).max(51).describe("Mean of the boxes of this many frames."),
  }),
  mask: z.strictObject({
    fromRow: z.number().min(0).max(1).describe("Rows from this share of the side on are masked."),
    value: z.number().describe("Written there, in the unit of `range`."),
  }),
  paste: z.strictObject({
    shape: z.enum(["rectangle", "ellipse"]),
    top: z.number().min(0).max(1),
    right: z.number().min(0).max(1),
    bottom: z.number().min(0).max(1),
    left: z.number().min(0).max(1),
    feather: z.number().min(0).max(0.5).describe("Width of the soft rim as a share of the side, inwards."),
    colourMatch: z.enum(["mean", "none"]),
  }),
  batch: z.strictObject({ max: z.int().min(1).max(256) }),
});

const mouthTrack = z.strictObject({
  ...common,
  role: z.literal("mouth-track"),
  audio: z.strictObject({
    kind: z.literal("built-in").describe("The engine's own log-mel of src/speech."),
    sampleRateHz: z.literal(16_000),
    bands: z.int().positive(),
    hopSize: z.int().positive(),
  }),
  rateHz: z.number().positive().describe("Mouth poses a second."),
  articulators: z.array(z.string()).min(1),
  renderer: z.literal("rig").describe("The rig warps the subject's own pixels; no pixels are generated."),
});

/** The schema of every manifest, one branch for each role. */
export const manifestSchema = z.discriminatedUnion("role", [lipFrames, mouthTrack]);

/** Describes a model: what goes in, what comes out, where it is cut from and put back, and under which licence. */
export type ModelManifest = z.infer<typeof manifestSchema>;
/** A model that generates the lower half of a face from speech, as Wav2Lip does. */
export type LipFramesManifest = z.infer<typeof lipFrames>;
/** Parameters of mel features. */
export type MelFeatures = z.infer<typeof melFeatures>;

/**
 * Reads a manifest.
 * @throws EngineError `model/unsupported` that names every wrong field.
 */
export function parseManifest(value: unknown): ModelManifest {
  const version = (value as { manifestVersion?: unknown } | null)?.manifestVersion;
  if (typeof version === "number" && version !== MANIFEST_VERSION) {
    throw new EngineError(
      "model/unsupported",
      `The manifest has version ${version}; this engine reads version ${MANIFEST_VERSION}. Update the engine or the manifest.`,
    );
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) {
    if (parsed.data.role === "lip-frames") checkConsistency(parsed.data);
    return parsed.data;
  }
  const fields = parsed.error.issues.map(
    ({ path, message }) => `${path.join(".") || "manifest"}: ${message}`,
  );
  throw new EngineError("model/unsupported", `The manifest is not valid. ${fields.join("; ")}.`);
}

/** What a schema cannot say: that the parts agree with each other. */
function checkConsistency(manifest: LipFramesManifest): void {
  const { audio, size, references } = manifest;
  const [audioInput, face] = manifest.inputs;
  const problems: string[] = [];
  const channels = face.channels.length * 3;
  const picture = (count: number, order: "NCHW" | "NHWC") =>
    order === "NCHW" ? ["batch", count, size, size] : ["batch", size, size, count];
  const sound =
    audioInput.order === "bands-columns"
      ? ["batch", 1, audio.bands, audio.columns]
      : ["batch", 1, audio.columns, audio.bands];
  const same = (dims: readonly unknown[], wanted: readonly unknown[]) =>
    dims.length === wanted.length &&
    dims.every((value, i) => value === wanted[i] || (i === 0 && typeof value === "number"));
  if (!same(face.dims, picture(channels, face.layout))) {
    problems.push(`inputs.1.dims must be [${picture(channels, face.layout).join(", ")}]`);
  }
  if (!same(manifest.output.dims, picture(3, manifest.output.layout))) {
    problems.push(`output.dims must be [${picture(3, manifest.output.layout).join(", ")}]`);
  }
  if (!same(audioInput.dims, sound)) problems.push(`inputs.0.dims must be [${sound.join(", ")}]`);
  if (audio.windowSize > audio.fftSize) problems.push("audio.windowSize must not exceed audio.fftSize");
  if (audio.lowHz >= audio.highHz) problems.push("audio.lowHz must lie below audio.highHz");
  if (references.count !== face.channels.filter((part) => part === "reference").length) {
    problems.push("references.count must be the number of reference pictures in inputs.1.channels");
  }
  const { paste } = manifest;
  if (paste.top >= paste.bottom || paste.left >= paste.right) {
    problems.push("paste.top and paste.left must lie below paste.bottom and paste.right");
  }
  if (problems.length > 0) {
    throw new EngineError("model/unsupported", `The manifest contradicts itself. ${problems.join("; ")}.`);
  }
}
