import { html, LitElement, nothing, type TemplateResult } from "lit";
import {
  referenceOf,
  type Reference,
  type ReferenceField,
  type ReferenceRoute,
} from "../../rest/reference/reference.ts";
import { toEngineError } from "../../job/errors.ts";
import { referenceStyles } from "./reference-styles.ts";

const ACCESS = {
  key: "",
  "key or token": " Needs the key, or the token in the address.",
  open: " Needs no key.",
} as const;

/** Every route, object and error code, from the description that the API gives of itself. In English, like the API. */
export class StudioApiReference extends LitElement {
  static override properties = {
    describe: { attribute: false },
    reference: { state: true },
    errorMessage: { state: true },
  };
  static override styles = referenceStyles;
  /** Gets the OpenAPI document. */
  declare describe: () => Promise<unknown>;
  declare reference: Reference | null;
  declare errorMessage: string;

  constructor() {
    super();
    this.reference = null;
    this.errorMessage = "";
  }

  protected override firstUpdated(): void {
    // The button that asked for this is gone; who reads by ear goes on here.
    this.renderRoot.querySelector("h2")?.focus({ preventScroll: true });
    void this.#load();
  }

  async #load(): Promise<void> {
    try {
      this.reference = referenceOf(await this.describe());
    } catch (error) {
      this.errorMessage = toEngineError(error, "storage/failed").message;
    }
  }

  protected override render(): TemplateResult {
    return html`<section lang="en" aria-labelledby="reference">
      <h2 id="reference" tabindex="-1">API reference</h2>
      ${this.errorMessage ? html`<p role="alert">${this.errorMessage}</p>` : nothing}
      ${this.reference ? this.#content(this.reference) : nothing}
    </section>`;
  }

  #content({ routes, objects, errors }: Reference): TemplateResult {
    return html`<p>
        Paths are relative to the base. A key goes into the header
        <code>Authorization: Bearer sk_XXXX_YYYY</code>; this page needs none.
      </p>
      ${routes.map(routeSection)}
      ${objects.map(
        ({ name, fields }) =>
          html`<h3><code>${name}</code></h3>
            ${fieldTable(`Fields of ${name}`, fields, "Always")}`,
      )}
      <h3>Errors</h3>
      ${table(
        "Error codes",
        ["Code", "Status", "Again", "Meaning"],
        errors.map(({ code, status, retry, meaning }) => [
          html`<code>${code}</code>`,
          String(status),
          retry ? "yes" : "no",
          prose(meaning),
        ]),
      )}`;
  }
}

function routeSection(route: ReferenceRoute): TemplateResult {
  const { method, path, summary, description, access, parameters, bodyTypes, body, answers } = route;
  const name = `${method} ${path}`;
  return html`<h3><code>${name}</code></h3>
    <p>${summary}. ${prose(description)}${ACCESS[access]}</p>
    ${
      parameters.length > 0
        ? table(
            `Parameters of ${name}`,
            ["Parameter", "In", "Type", "Default", "Meaning"],
            parameters.map((each) => [
              html`<code>${each.name}</code>`,
              each.place,
              each.type,
              each.fallback,
              prose(each.description),
            ]),
          )
        : nothing
    }
    ${bodyTypes.length > 0 ? html`<p>Body: <code>${bodyTypes.join(", ")}</code></p>` : nothing}
    ${body.length > 0 ? fieldTable(`Body of ${name}`, body, "Required") : nothing}
    ${table(
      `Answers of ${name}`,
      ["Status", "Answer", "Meaning"],
      answers.map(({ status, type, meaning }) => [status, html`<code>${type}</code>`, prose(meaning)]),
    )}`;
}

function fieldTable(label: string, fields: readonly ReferenceField[], presence: string): TemplateResult {
  return table(
    label,
    ["Field", "Type", presence, "Default", "Meaning"],
    fields.map((field) => [
      html`<code>${field.name}</code>`,
      field.type,
      field.required ? "yes" : "no",
      field.fallback,
      prose(field.description),
    ]),
  );
}

type Cell = TemplateResult | string;

/** A table without its empty columns that scrolls by itself where the window is narrow, with the keyboard too. */
function table(label: string, titles: readonly string[], rows: readonly (readonly Cell[])[]): TemplateResult {
  const kept = titles.map((_, column) => rows.some((row) => row[column] !== ""));
  const shown = (cells: readonly Cell[]) => cells.filter((_, column) => kept[column]);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${label}>
    <table>
      <thead>
        <tr>
          ${shown(titles).map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${shown(row).map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Text with `code` between back-quotes. */
function prose(text: string): Cell {
  if (text === "") return "";
  return html`${text.split("`").map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

customElements.define("studio-api-reference", StudioApiReference);
