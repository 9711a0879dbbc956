/**
 * Every sentence that a job may put into its `warnings`, by code; `{name}` stands for a value. The API gives the
 * sentences as they stand here; interfaces in other languages find code and values again with {@link readWarning}.
 */
export const WARNINGS = {
  "picture/animated": "The picture is animated; its first frame is used.",
  "picture/transparent": "The picture has transparent parts; they are shown on light grey.",
  "picture/cut-short": "The picture's file is cut short; parts of it may be missing.",
  "picture/not-enlarged": "The picture ({size}) is smaller than {resolution} and was not enlarged.",
  "video/not-enlarged": "The video ({size}) is smaller than {resolution} and was not enlarged.",
  "video/hdr": "The video has a high dynamic range; it is converted to standard range.",
  "video/transparent": "The video has transparent parts; they are shown on light grey.",
  "video/reshaped": "The video's frames change their shape; later ones are shown whole between black bars.",
  "video/cut-short": "The video breaks off after {seconds} s of {total} s; what could be read is used.",
  "video/faceless": "{frames} of {total} frames show no face that can be changed and were left as they are.",
  "video/largest-face": "{faces} faces were found; the largest is animated. A mask chooses others.",
  "video/speaking-face": "{faces} faces were found; the one that speaks is animated. A mask chooses others.",
  "face/largest": "{faces} faces were found; the largest is animated.",
  "face/under-mask": "{faces} faces were found; the one under the mask is animated.",
  "face/outermost": "{faces} faces were found; the left-most and the right-most speak.",
  "face/turned": "The head is turned by {degrees}°, so the mouth moves less than it would from the front.",
  "face/weakened":
    "The face is turned {degrees}° to the side; the mouth moves at {percent} % strength. A picture from the front looks better.",
  "face/small": "The face is small ({pixels} pixels between the eyes), so the mouth shows little detail.",
  "mouth/small": "The mouth is only {pixels} pixels wide; a larger face shows more.",
  "sound/damaged": "The sound is damaged from {seconds} s on; what could be read of it is used.",
  "voice/unheard":
    "No voice was heard in the audio, so the mouth stays closed. Check that the right track was chosen.",
  "prompt/unknown": "The prompt's words were not understood: {words}.",
  "page/insecure":
    "The page is neither on https nor at localhost, so the browser withholds its encoders and threads from it; the job takes many times as long.",
  "model/licence": "The lips were painted by {model}; its licence: {licence}. {terms}",
  "model/device-differs":
    "{model} gives other numbers on the graphics device {adapter} than on the processor ({percent} % apart), so it ran on the processor, which is slower.",
  "model/device-refused":
    "{model} cannot be run on the graphics device {adapter}, so it ran on the processor, which is slower.",
  "model/device-lost":
    "{model} got no answer from the graphics device {adapter} when it was tried there, so it ran on the processor, which is slower.",
  "model/unchecked":
    "{model} could not be run on the processor, so nobody knows whether its numbers on the graphics device are right.",
  "request/unknown-field": "{field} is not a field of this request and was ignored.",
} as const;

/** The code of one warning. */
export type WarningCode = keyof typeof WARNINGS;

type NamesIn<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

/** The values that a warning's sentence takes. */
export type WarningValues<Code extends WarningCode> = Readonly<
  Record<NamesIn<(typeof WARNINGS)[Code]>, string | number>
>;

declare const made: unique symbol;
/** An English sentence of {@link WARNINGS}, filled in; only {@link warning} makes one. */
export type Warning = string & { readonly [made]: true };

/** A warning as it was before it became a sentence. */
export interface ReadWarning {
  readonly code: WarningCode;
  /** By name, as they stand in the sentence. */
  readonly values: Readonly<Record<string, string>>;
}

/** A warning as a running job tells it: code, values, and the English sentence made of them. */
export interface JobWarning extends ReadWarning {
  readonly message: string;
}

const PLACEHOLDER = /\{(\w+)\}/g;

/** Fills in a warning's sentence. */
export function warning<Code extends WarningCode>(
  code: Code,
  ...values: NamesIn<(typeof WARNINGS)[Code]> extends never ? [] : [WarningValues<Code>]
): Warning {
  return fillIn(WARNINGS[code], values[0] ?? {}) as Warning;
}

/** A template with its `{names}` replaced by the values. */
export function fillIn(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(PLACEHOLDER, (_, name: string) => String(values[name]));
}

/** Finds the values of a sentence that {@link fillIn} made of a template, as named groups. */
export function patternOf(template: string): RegExp {
  const escaped = template.replace(/[.*+?^$()[\]|\\/]/g, "\\$&");
  return new RegExp(`^${escaped.replace(PLACEHOLDER, "(?<$1>.*?)")}$`, "s");
}

let patterns: readonly (readonly [WarningCode, RegExp])[] | undefined;

/**
 * Finds the code and the values of a sentence that {@link warning} made.
 * @returns undefined for any other sentence, for instance one that an older version stored.
 */
export function readWarning(sentence: string): ReadWarning | undefined {
  patterns ??= Object.entries(WARNINGS).map(([code, template]) => [code as WarningCode, patternOf(template)]);
  for (const [code, pattern] of patterns) {
    const match = pattern.exec(sentence);
    if (match) return { code, values: { ...match.groups } };
  }
  return undefined;
}
