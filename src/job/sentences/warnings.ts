import { msg } from "./message.ts";

/** Every warning in English, by its code; `{name}` stands for a value. */
export const WARNINGS = {
  "picture/animated": msg("The picture is animated; its first frame is used.", {
    id: "warning:picture/animated",
  }),
  "picture/transparent": msg("The picture has transparent parts; they are shown on light grey.", {
    id: "warning:picture/transparent",
  }),
  "picture/cut-short": msg("The picture's file is cut short; parts of it may be missing.", {
    id: "warning:picture/cut-short",
  }),
  "picture/not-enlarged": msg("The picture ({size}) is smaller than {resolution} and was not enlarged.", {
    id: "warning:picture/not-enlarged",
  }),
  "video/not-enlarged": msg("The video ({size}) is smaller than {resolution} and was not enlarged.", {
    id: "warning:video/not-enlarged",
  }),
  "video/hdr": msg("The video has a high dynamic range; it is converted to standard range.", {
    id: "warning:video/hdr",
  }),
  "video/transparent": msg("The video has transparent parts; they are shown on light grey.", {
    id: "warning:video/transparent",
  }),
  "video/reshaped": msg(
    "The video's frames change their shape; later ones are shown whole between black bars.",
    { id: "warning:video/reshaped" },
  ),
  "video/cut-short": msg("The video breaks off after {seconds} s of {total} s; what could be read is used.", {
    id: "warning:video/cut-short",
  }),
  "video/damaged": msg("The video is damaged; what could be read of it is used.", {
    id: "warning:video/damaged",
  }),
  "video/faceless": msg(
    "{frames} of {total} frames show no face that can be changed and were left as they are.",
    { id: "warning:video/faceless" },
  ),
  "video/largest-face": msg("{faces} faces were found; the largest is animated. A mask chooses others.", {
    id: "warning:video/largest-face",
  }),
  "video/speaking-face": msg(
    "{faces} faces were found; the one that speaks is animated. A mask chooses others.",
    { id: "warning:video/speaking-face" },
  ),
  "face/largest": msg("{faces} faces were found; the largest is animated.", { id: "warning:face/largest" }),
  "face/under-mask": msg("{faces} faces were found; the one under the mask is animated.", {
    id: "warning:face/under-mask",
  }),
  "face/outermost": msg("{faces} faces were found; the left-most and the right-most speak.", {
    id: "warning:face/outermost",
  }),
  "face/turned": msg(
    "The head is turned by {degrees}°, so the mouth moves less than it would from the front.",
    { id: "warning:face/turned" },
  ),
  "face/weakened": msg(
    "The face is turned {degrees}° to the side; the mouth moves at {percent} % strength. A picture from the front looks better.",
    { id: "warning:face/weakened" },
  ),
  "face/small": msg(
    "The face is small ({pixels} pixels between the eyes), so the mouth shows little detail.",
    { id: "warning:face/small" },
  ),
  "mouth/small": msg("The mouth is only {pixels} pixels wide; a larger face shows more.", {
    id: "warning:mouth/small",
  }),
  "sound/damaged": msg("The sound is damaged from {seconds} s on; what could be read of it is used.", {
    id: "warning:sound/damaged",
  }),
  "voice/unheard": msg(
    "No voice was heard in the audio, so the mouth stays closed. Check that the right track was chosen.",
    { id: "warning:voice/unheard" },
  ),
  "prompt/unknown": msg("The prompt's words were not understood: {words}.", { id: "warning:prompt/unknown" }),
  "page/insecure": msg(
    "The page is neither on https nor at localhost, so the browser withholds its encoders and threads from it; the job takes many times as long.",
    { id: "warning:page/insecure" },
  ),
  "model/licence": msg("The lips were painted by {model}; its licence: {licence}. {terms}", {
    id: "warning:model/licence",
  }),
  "model/device-differs": msg(
    "{model} gives other numbers on the graphics device {adapter} than on the processor ({percent} % apart), so it ran on the processor, which is slower.",
    { id: "warning:model/device-differs" },
  ),
  "model/device-refused": msg(
    "{model} cannot be run on the graphics device {adapter}, so it ran on the processor, which is slower.",
    { id: "warning:model/device-refused" },
  ),
  "model/device-lost": msg(
    "{model} got no answer from the graphics device {adapter} when it was tried there, so it ran on the processor, which is slower.",
    { id: "warning:model/device-lost" },
  ),
  "model/unchecked": msg(
    "{model} could not be run on the processor, so nobody knows whether its numbers on the graphics device are right.",
    { id: "warning:model/unchecked" },
  ),
  "request/unknown-field": msg("{field} is not a field of this request and was ignored.", {
    id: "warning:request/unknown-field",
  }),
  // A warning of a release that kept sentences and no codes.
  "stored/sentence": msg("{sentence}", { id: "warning:stored/sentence" }),
};
