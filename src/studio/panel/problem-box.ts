import { html, nothing, type TemplateResult } from "lit";
import { errorText, type ErrorSubject } from "../error-text.ts";
import { icon } from "../icons.ts";
import type { Problem } from "../state/model.ts";
import "./problem-details.ts";

/** A way on after a failure. */
export interface WayOn {
  readonly label: string;
  readonly press: () => void;
  readonly primary?: boolean;
}

/** What a failure says: a sentence, what to do, the engine's own words under “Details”, ways on. */
function problemBody(problem: Problem, ways: readonly WayOn[], about?: ErrorSubject): TemplateResult {
  const { title, body } = errorText(problem.code, about);
  return html`${icon("warn")}
    <h2>${title}</h2>
    <p>${body}</p>
    <studio-problem-details .problem=${problem}></studio-problem-details>
    ${
      ways.length > 0
        ? html`<div class="row wrap">
            ${ways.map(
              ({ label, press, primary }) =>
                html`<button class="btn ${primary ? "primary" : ""}" @click=${press}>${label}</button>`,
            )}
          </div>`
        : nothing
    }`;
}

/** A failure over the stage. */
export function stageProblem(problem: Problem, about: ErrorSubject, ways: readonly WayOn[]): TemplateResult {
  return html`<div class="errbox" role="alert">${problemBody(problem, ways, about)}</div>`;
}

/** A failure inside a panel, beside what it is about. */
export function inlineProblem(problem: Problem, ways: readonly WayOn[] = []): TemplateResult {
  return html`<div class="errbox inline" role="alert">${problemBody(problem, ways)}</div>`;
}
