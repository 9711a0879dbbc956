import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { KeyListing } from "../../rest/keys.ts";
import { toEngineError } from "../../job/errors.ts";
import { formatNumber, formatWhen } from "../format.ts";
import { icon } from "../icons.ts";
import { section, segments } from "../panel/parts.ts";
import { sampleOf } from "../samples.ts";
import type { Studio } from "../state/studio.ts";
import { a } from "../api-strings.ts";
import { t } from "../strings.ts";
import {
  gatewayCommands,
  GATEWAY_URL,
  ROUTES,
  snippet,
  type Route,
  type RouteField,
  type SnippetLanguage,
} from "./api-snippets.ts";

/** A submitted job, as far as the page follows it. */
interface FollowedJob {
  readonly id: string;
  readonly status: string;
  readonly output: string | null;
}

/** The API's page: where it is, keys, and a form that sends a request and shows the answer. */
export class StudioApiPage extends LitElement {
  static override properties = {
    studio: { attribute: false },
    base: { state: true },
    keys: { state: true },
    fresh: { state: true },
    errorMessage: { state: true },
    route: { state: true },
    language: { state: true },
    fields: { state: true },
    answer: { state: true },
    job: { state: true },
    copied: { state: true },
    reference: { state: true },
  };
  declare studio: Studio;
  /** Base address on this page; empty until the API is open. */
  declare base: string;
  declare keys: readonly KeyListing[];
  /** The key that was just made; shown once. */
  declare fresh: string;
  declare errorMessage: string;
  declare route: Route;
  declare language: SnippetLanguage;
  declare fields: Readonly<Record<string, string>>;
  declare answer: { readonly status: number; readonly ms: number; readonly body: string } | null;
  /** The job that the last answer named, as it goes on. */
  declare job: FollowedJob | null;
  /** What was copied last. */
  declare copied: string;
  /** Whether the reference is shown; its script is fetched then. */
  declare reference: boolean;

  constructor() {
    super();
    this.base = "";
    this.keys = [];
    this.fresh = "";
    this.errorMessage = "";
    this.route = "lipsync-image";
    this.language = "curl";
    this.fields = {};
    this.answer = null;
    this.job = null;
    this.copied = "";
    this.reference = false;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    const portrait = sampleOf("photo");
    const { voices } = sampleOf("dialogue");
    this.fields = {
      image: portrait.picture,
      video: sampleOf("video").picture,
      audio: portrait.voices[0]!,
      left_audio: voices[0]!,
      right_audio: voices[1]!,
      resolution: "480p",
      seed: "48213",
    };
    void this.#load();
  }

  async #load(): Promise<void> {
    const { api } = await this.studio.queue();
    this.base = api.baseUrl;
    const keys = await api.keys.list();
    this.keys = keys.filter(
      ({ revokedAt, prefix }) => revokedAt === undefined && !this.studio.hides({ kind: "key", id: prefix }),
    );
  }

  async #create(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const name = (form.elements.namedItem("keyname") as HTMLInputElement).value;
    try {
      const { api } = await this.studio.queue();
      const { key } = await api.keys.create({ name });
      this.fresh = key;
      this.errorMessage = "";
      form.reset();
    } catch (error) {
      this.errorMessage = toEngineError(error).message;
    }
    await this.#load();
  }

  #revoke({ name, prefix }: KeyListing): void {
    this.keys = this.keys.filter((key) => key.prefix !== prefix);
    this.studio.delete({ kind: "key", id: prefix }, name, () => void this.#load());
  }

  async #copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.copied = text;
    } catch {
      // The text stands on the page and can be selected.
      this.copied = "";
    }
  }

  async #send(): Promise<void> {
    const { api } = await this.studio.queue();
    const { method, path, body } = ROUTES[this.route](this.fields);
    const started = performance.now();
    const response = await api.fetch(`${api.baseUrl}${path}`, {
      method,
      ...(body ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    const parsed = text.startsWith("{") ? (JSON.parse(text) as object) : null;
    const pretty = parsed ? JSON.stringify(parsed, null, 2) : text;
    this.answer = { status: response.status, ms: performance.now() - started, body: pretty.slice(0, 4000) };
    this.job = null;
    if (method === "POST" && parsed && "id" in parsed) await this.#follow(String(parsed.id));
  }

  /** Asks for a job until it has ended, as a program would. */
  async #follow(id: string): Promise<void> {
    const { api } = await this.studio.queue();
    const { answer } = this;
    while (this.isConnected && this.answer === answer) {
      const response = await api.fetch(`${api.baseUrl}/jobs/${id}?wait=10`);
      if (!response.ok || this.answer !== answer) return;
      this.job = (await response.json()) as FollowedJob;
      if (this.job.status !== "processing") return;
    }
  }

  #copyButton(text: string): TemplateResult {
    return html`<button class="btn sm ghost" @click=${() => void this.#copy(text)}>
      ${icon("copy")}${this.copied === text ? a.copied() : a.copy()}
    </button>`;
  }

  #addresses(): TemplateResult {
    const address = (label: string, url: string) =>
      html`<div>
        <p class="flabel">${label}</p>
        <div class="row"><code class="code grow">${url}</code>${this.#copyButton(url)}</div>
      </div>`;
    const commands = gatewayCommands(location.hostname);
    return html`<div class="card">
      ${section(
        a.baseUrl(),
        html`<div class="stackgap">
          ${address(a.thisPage(), this.base)} ${address(a.gateway(), GATEWAY_URL)}
          <p class="muted">${a.gwNote()}</p>
          <pre class="code" tabindex="0" role="region" aria-label=${a.gateway()}>${commands}</pre>
          <p>${this.#copyButton(commands)}</p>
        </div>`,
      )}
    </div>`;
  }

  #keyRows(): TemplateResult {
    if (this.keys.length === 0) return html`<p class="muted">${a.noKeys()}</p>`;
    const when = { today: t.today(), yesterday: t.yesterday() };
    return html`<table class="tbl">
      <thead>
        <tr>
          <th>${a.kName()}</th>
          <th>${a.kPrefix()}</th>
          <th class="hide">${a.kUsed()}</th>
          <th><span class="sr">${a.revoke()}</span></th>
        </tr>
      </thead>
      <tbody>
        ${this.keys.map(
          (key) =>
            html`<tr>
              <td>${key.name}</td>
              <td class="mono">${key.prefix}_…</td>
              <td class="hide muted">
                ${key.lastUsedAt === undefined ? a.kNever() : formatWhen(key.lastUsedAt, when)}
              </td>
              <td>
                <button
                  class="btn ghost sm"
                  aria-label="${a.revoke()}: ${key.name}"
                  @click=${() => this.#revoke(key)}
                >
                  ${a.revoke()}
                </button>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #keys(): TemplateResult {
    return html`<div class="card">
      ${section(
        a.keys(),
        html`${this.#keyRows()}
          <p class="muted after">${a.kHere()}</p>
          ${
            this.fresh
              ? html`<div class="once after" role="status">
                  <div class="row">
                    <code class="mono grow clip" data-fresh-key>${this.fresh}</code
                    >${this.#copyButton(this.fresh)}
                  </div>
                  <p class="small wrapping">${a.kOnce()}</p>
                </div>`
              : nothing
          }
          <form class="row after endaligned" @submit=${(event: SubmitEvent) => void this.#create(event)}>
            <div class="field grow">
              <label for="keyname">${a.kName()}</label>
              <input id="keyname" name="keyname" autocomplete="off" maxlength="100" />
            </div>
            <button class="btn">${a.kNew()}</button>
          </form>
          ${this.errorMessage ? html`<p class="hint bad" role="alert" lang="en">${this.errorMessage}</p>` : nothing}`,
      )}
    </div>`;
  }

  #field({ name, required, choices }: RouteField): TemplateResult {
    const value = this.fields[name] ?? "";
    const change = (event: Event) =>
      (this.fields = {
        ...this.fields,
        [name]: (event.target as HTMLInputElement | HTMLSelectElement).value,
      });
    return html`<div class="field ${required ? "long" : ""}">
      <label for="f-${name}"><b class="mono">${name}</b>${required ? a.required() : nothing}</label>
      ${
        choices
          ? html`<select id="f-${name}" @change=${change}>
              ${choices.map(
                (choice, index) =>
                  html`<option ?selected=${value === choice || (value === "" && index === 0)}>
                    ${choice}
                  </option>`,
              )}
            </select>`
          : html`<input id="f-${name}" autocomplete="off" .value=${value} @input=${change} />`
      }
    </div>`;
  }

  #jobNote(): TemplateResult | typeof nothing {
    const { job } = this;
    if (!job) return nothing;
    return html`<p class="flabel">GET /jobs/${job.id}</p>
      <pre class="code" tabindex="0" data-job>${JSON.stringify(job, null, 2)}</pre>
      ${
        job.output
          ? html`<p><a class="link" href=${job.output} target="_blank" rel="noopener">${a.result()}</a></p>`
          : nothing
      }`;
  }

  #tryIt(): TemplateResult {
    const { fields: names } = ROUTES[this.route](this.fields);
    const code = snippet(this.language, this.route, this.fields, GATEWAY_URL);
    return html`<div class="card">
      ${section(
        a.tryIt(),
        html`<div class="stackgap roomy">
          ${segments<Route>(
            "route",
            a.tryIt(),
            [
              { value: "lipsync-image", label: "image" },
              { value: "lipsync-image-multi", label: "image-multi" },
              { value: "lipsync-video", label: "video" },
              { value: "jobs", label: "jobs" },
            ],
            this.route,
            (route) => {
              this.route = route;
              const image = sampleOf(route === "lipsync-image-multi" ? "dialogue" : "photo").picture;
              this.fields = { ...this.fields, image };
              this.answer = null;
              this.job = null;
            },
            "full",
          )}
          ${
            names.length > 0
              ? html`<div class="fieldgrid">${names.map((field) => this.#field(field))}</div>`
              : nothing
          }
          <div class="row between">
            ${segments<SnippetLanguage>(
              "snippet",
              a.snippetLanguage(),
              [
                { value: "curl", label: "curl" },
                { value: "js", label: "JavaScript" },
              ],
              this.language,
              (language) => (this.language = language),
            )}
            ${this.#copyButton(code)}
          </div>
          <pre class="code" tabindex="0" role="region" aria-label=${a.snippetLanguage()}>${code}</pre>
          <div class="row between wrap">
            <button class="btn primary" @click=${() => void this.#send()}>${a.send()}</button>
            <span class="muted">${a.sendNote()}</span>
          </div>
          <div role="status">
            ${
              this.answer
                ? html`<p class="flabel">
                      ${a.answer()} · ${this.answer.status} · ${formatNumber(Math.round(this.answer.ms))} ms
                    </p>
                    <pre class="code" tabindex="0" data-answer>${this.answer.body}</pre>`
                : nothing
            }
          </div>
          ${this.#jobNote()}
        </div>`,
      )}
    </div>`;
  }

  readonly #describe = async (): Promise<unknown> => {
    const { api } = await this.studio.queue();
    return (await api.fetch(`${api.baseUrl}/openapi.json`)).json();
  };

  #reference(): TemplateResult {
    if (this.reference)
      return html`<studio-api-reference .describe=${this.#describe}></studio-api-reference>`;
    const open = () => void import("./reference-page.ts").then(() => (this.reference = true));
    return html`<p class="after"><button class="link" @click=${open}>${a.reference()}</button></p>`;
  }

  protected override render(): TemplateResult {
    return html`<main class="page" id="stage" tabindex="-1">
      <div class="pagein">
        <h1>${a.apiTitle()}</h1>
        <p><button class="link" @click=${() => this.studio.show("stage")}>${t.back()}</button></p>
        <p class="lead">${a.apiLead()}</p>
        <div class="two">
          <div class="stack">${this.#addresses()} ${this.#keys()}</div>
          ${this.#tryIt()}
        </div>
        ${this.#reference()}
      </div>
    </main>`;
  }
}

customElements.define("studio-api-page", StudioApiPage);
