import { msg, str } from "@lit/localize";

/** The sentences of the model manager, loaded with it; */
export const m = {
  use: () => msg("Lips for the next jobs", { id: "m.use" }),
  useNote: () =>
    msg(
      "Holds for jobs that you start from now on; jobs that wait keep theirs, and those of the API name their own. Each result names its lips.",
      { id: "m.useNote" },
    ),
  builtIn: () => msg("comes with Dudak", { id: "m.builtIn" }),
  licence: (name: string) => msg(str`Licence: ${name}`, { id: "m.licence" }),
  nonCommercial: () => msg("no commercial use", { id: "m.nonCommercial" }),
  commercialUnknown: () => msg("commercial use not settled", { id: "m.commercialUnknown" }),
  pinned: () => msg("pinned", { id: "m.pinned" }),
  pin: () => msg("Pin", { id: "m.pin" }),
  unpin: () => msg("Unpin", { id: "m.unpin" }),
  unpinFirst: () => msg("Pinned models are kept. Unpin it to delete it.", { id: "m.unpinFirst" }),
  add: () => msg("Add a model", { id: "m.add" }),
  addNote: () =>
    msg(
      "Drop an .onnx file of the Wav2Lip family anywhere in the studio, with its manifest (.json) if it has one. It is read and tried on this device; nothing is fetched or sent.",
      { id: "m.addNote" },
    ),
  choose: () => msg("Choose a model", { id: "m.choose" }),
  chooseManifest: () => msg("Choose a manifest", { id: "m.chooseManifest" }),
  trying: (name: string) => msg(str`Reading and trying ${name}`, { id: "m.trying" }),
  tryingNote: () => msg("Large models take a minute. A running job ends first.", { id: "m.tryingNote" }),
  manifest: () => msg("Manifest", { id: "m.manifest" }),
  proposed: () => msg("Proposed from the file", { id: "m.proposed" }),
  understood: () => msg("What was understood", { id: "m.understood" }),
  trial: () => msg("Trial on a drawn face", { id: "m.trial" }),
  shapes: () => msg("Shapes", { id: "m.shapes" }),
  finite: () => msg("Numbers", { id: "m.finite" }),
  range: () => msg("Range", { id: "m.range" }),
  moves: () => msg("Moves with the sound", { id: "m.moves" }),
  reference: () => msg("Shows the reference", { id: "m.reference" }),
  batches: () => msg("Frames together", { id: "m.batches" }),
  passed: () => msg("passed", { id: "m.passed" }),
  failed: () => msg("failed", { id: "m.failed" }),
  speed: (n: string) => msg(str`${n} ms a frame on this device`, { id: "m.speed" }),
  usable: (name: string) => msg(str`${name} can be used`, { id: "m.usable" }),
  unusable: (name: string) => msg(str`${name} cannot be used`, { id: "m.unusable" }),
  trialFailed: () =>
    msg("It failed the trial, so it is not kept. Another manifest may fit it.", { id: "m.trialFailed" }),
  accept: () => msg("I have read this licence and may use the model.", { id: "m.accept" }),
  acceptFirst: () => msg("Accept the licence to keep the model.", { id: "m.acceptFirst" }),
  keep: () => msg("Keep and use", { id: "m.keep" }),
  keeping: () => msg("Storing the model", { id: "m.keeping" }),
  discard: () => msg("Discard", { id: "m.discard" }),
  kept: (name: string) => msg(str`The next jobs use ${name}.`, { id: "m.kept" }),
  manifestAlone: (name: string) =>
    msg(str`${name} may be a manifest. Choose its model first, or both together.`, { id: "m.manifestAlone" }),
};
