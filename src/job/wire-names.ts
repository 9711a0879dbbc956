import type { MediaField } from "./job-spec.ts";

/** Names in the `formState` of the hosted API that differ from those of {@link JobSpec}. */
const WIRE_NAMES: Readonly<Record<string, string>> = {
  maskImage: "mask_image",
  leftAudio: "left_audio",
  rightAudio: "right_audio",
};
const OWN_NAMES = Object.fromEntries(Object.entries(WIRE_NAMES).map(([own, wire]) => [wire, own]));

const wireName = (name: string) => (Object.hasOwn(WIRE_NAMES, name) ? WIRE_NAMES[name]! : name);

/** A path within a request, for instance `formState.leftAudio`, with the wire's names. */
export function wireField(path: string): string {
  return path.split(".").map(wireName).join(".");
}

/** Where a medium of a request stands on the wire. */
export function wirePath(field: MediaField): string {
  return field === "lipModel.file" ? field : `formState.${wireName(field)}`;
}

/** A `formState` with the names that the wire gives its fields; other fields stay. */
export function toWireNames<Form extends object>(formState: Form): Record<string, Form[keyof Form]> {
  const fields = Object.entries(formState) as [string, Form[keyof Form]][];
  return Object.fromEntries(fields.map(([name, value]) => [wireName(name), value]));
}

/** A `formState` with {@link JobSpec}'s names, from one that may have the wire's; other fields stay. */
export function fromWireNames(formState: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(formState).map(([name, value]) => [
      Object.hasOwn(OWN_NAMES, name) ? OWN_NAMES[name] : name,
      value,
    ]),
  );
}
