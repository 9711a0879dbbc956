/** Names in the `formState` of the hosted API that differ from those of {@link JobSpec}. */
const WIRE_NAMES: Readonly<Record<string, string>> = {
  maskImage: "mask_image",
  leftAudio: "left_audio",
  rightAudio: "right_audio",
};
const OWN_NAMES = Object.fromEntries(Object.entries(WIRE_NAMES).map(([own, wire]) => [wire, own]));

/** The name that a field of a `formState` has on the wire. */
export function wireName(field: string): string {
  return WIRE_NAMES[field] ?? field;
}

/** A `formState` with the names that the wire gives its fields; other fields stay. */
export function toWireNames(formState: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(formState).map(([name, value]) => [wireName(name), value]));
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
