/** Has the type by which `lit-localize` finds a sentence to extract. */
interface Marker {
  <const Text extends string>(text: Text, options: { readonly id: string; readonly desc?: string }): Text;
  readonly _LIT_LOCALIZE_MSG_?: never;
}

/** Marks an English sentence of a catalogue; where it is said in another language, it is found by its `id`. */
export const msg: Marker = (text) => text;

/** The values of a sentence, by name. */
export type Values = Readonly<Record<string, string | number>>;

/** The names in braces of a sentence. */
export type NamesIn<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

const PLACEHOLDER = /\{(\w+)\}/g;

/**
 * A sentence with its `{names}` replaced by the values, numbers written as the language writes them.
 * @param language a BCP 47 tag.
 */
export function fillIn(template: string, values: Values, language = "en"): string {
  return template.replace(PLACEHOLDER, (whole, name: string) => {
    const value = values[name] ?? whole;
    return typeof value === "number" ? value.toLocaleString(language) : value;
  });
}

/** Something found out: a code of a catalogue and the values of its sentence. */
export type FactOf<Catalogue extends Readonly<Record<string, string>>> = {
  readonly [Code in keyof Catalogue]: {
    readonly code: Code;
    readonly values: Readonly<Record<NamesIn<Catalogue[Code]>, string | number>>;
  };
}[keyof Catalogue];

/** The values that a fact of a code is made with: none where its sentence names none. */
export type ValuesFor<Template extends string> = [NamesIn<Template>] extends [never]
  ? []
  : [values: Readonly<Record<NamesIn<Template>, string | number>>];
