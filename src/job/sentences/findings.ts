import { msg } from "./message.ts";

/** Everything that is found out about a lip-sync model of the user's, in English, by its code. */
export const FINDINGS = {
  "file/onnx": msg("ONNX, opset {opset}; {megabytes} MB, {weights} million weights ({types}).", {
    id: "finding:file/onnx",
  }),
  "file/producer": msg("Written by {producer}.", { id: "finding:file/producer" }),
  "file/inputs": msg("Inputs: {ports}.", { id: "finding:file/inputs" }),
  "file/outputs": msg("Outputs: {ports}.", { id: "finding:file/outputs" }),
  "file/external-weights": msg(
    "Its weights lie in other files ({files}). Save it as one file below 2 GB (in Python: onnx.save(model, path, save_as_external_data=False)).",
    { id: "finding:file/external-weights" },
  ),
  "file/custom-operators": msg(
    "It uses operators of {domains}, which a browser's onnxruntime does not have. Export it with standard operators.",
    { id: "finding:file/custom-operators" },
  ),
  "use/sound": msg("Sound: {port}, {bands} mel bands × {columns} columns ({seconds} s).", {
    id: "finding:use/sound",
  }),
  "use/face": msg("Face: {port}, {size} px, six channels, {layout}.", { id: "finding:use/face" }),
  "use/result": msg("Result: {port}, {size} px, {layout}.", { id: "finding:use/result" }),
  "use/any-batch": msg("It takes any number of frames at a time.", { id: "finding:use/any-batch" }),
  "use/batch": msg("It takes {batch} frames at a time.", { id: "finding:use/batch" }),
  "use/assumed-order": msg(
    "A graph does not tell the order of colours and pictures; assumed are BGR and the masked picture first, as in the original.",
    { id: "finding:use/assumed-order" },
  ),
  "use/assumed-size": msg("Its size is open; {size} px is assumed, as in the original.", {
    id: "finding:use/assumed-size",
  }),
  "lacks/sound": msg("It has no sound input [batch, 1, 80, 16].", { id: "finding:lacks/sound" }),
  "lacks/face": msg("It has no face input [batch, 6, size, size].", { id: "finding:lacks/face" }),
  "lacks/result": msg("It has no face output [batch, 3, size, size].", { id: "finding:lacks/result" }),
  "lacks/manifest": msg(
    "Only models of the Wav2Lip family are recognised by themselves; describe any other with a manifest.",
    { id: "finding:lacks/manifest" },
  ),
  "unfit/more-inputs": msg("It wants more inputs than sound and face: {ports}.", {
    id: "finding:unfit/more-inputs",
  }),
  "unfit/number-type": msg(
    "Its inputs or outputs are neither float32, float16 nor uint8. Export it with float inputs.",
    { id: "finding:unfit/number-type" },
  ),
  "unfit/sides": msg("It takes {taken} px and gives {given} px; the sides must be equal.", {
    id: "finding:unfit/sides",
  }),
  "unfit/role": msg(
    "The manifest {manifest} has the role {role}; only models that paint faces (lip-frames) can be brought.",
    { id: "finding:unfit/role" },
  ),
  "stranger/musetalk": msg(
    "It looks like MuseTalk's U-Net, which needs an image autoencoder and Whisper's features besides; this engine has neither.",
    { id: "finding:stranger/musetalk" },
  ),
  "stranger/dinet": msg(
    "It looks like DINet, which hears DeepSpeech features; this engine computes mel features only.",
    { id: "finding:stranger/dinet" },
  ),
  "stranger/ultralight": msg(
    "It looks like an Ultralight Digital Human, which hears HuBERT or WeNet features; this engine computes mel features only.",
    { id: "finding:stranger/ultralight" },
  ),
  "stranger/syncnet": msg("It looks like a SyncNet, which judges lip-sync and paints nothing.", {
    id: "finding:stranger/syncnet",
  }),
  "stranger/training": msg(
    "Its input has five dimensions, as in training, where several frames go in at once. Export it for inference, with four.",
    { id: "finding:stranger/training" },
  ),
  "trial/shapes": msg("Three faces of {size} px came back for three sounds.", { id: "finding:trial/shapes" }),
  "trial/finite": msg("All values are numbers.", { id: "finding:trial/finite" }),
  "trial/broken": msg("{broken} of {total} values are not numbers.", { id: "finding:trial/broken" }),
  "trial/range": msg("Values lie between {least} and {most}; {low} to {high} is declared.", {
    id: "finding:trial/range",
  }),
  "trial/motion": msg("The lower half changes by {steps} of 255 between silence, a vowel and a hiss.", {
    id: "finding:trial/motion",
  }),
  "trial/reference": msg("With another reference picture the result changes by {steps} of 255.", {
    id: "finding:trial/reference",
  }),
  "trial/batches": msg("A face by itself differs by {steps} of 255 from the same one among others.", {
    id: "finding:trial/batches",
  }),
  "hint/colours": msg(
    "Red and blue seem exchanged between what goes in and what comes out; try the other colour order.",
    { id: "finding:hint/colours" },
  ),
  "hint/reference-first": msg(
    "The upper half follows the reference picture; try the manifest with the reference first.",
    { id: "finding:hint/reference-first" },
  ),
};
