import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../icons.ts";
import { said } from "../sentences.ts";
import type { Problem } from "../state/studio-state.ts";
import "./problem-details.ts";

/** A way on after a failure. */
export interface WayOn {
  readonly label: string;
  readonly press: () => void;
  readonly primary?: boolean;
}

/** What a failure says: a sentence, what to do, the engine's own words under “Details”, ways on. */
function problemBody(problem: Problem, ways: readonly WayOn[], about?: "picture"): TemplateResult {
  const code = about === "picture" && problem.code === "codec/missing" ? "picture-format" : problem.code;
  return html`${icon("warn")}
    ${said(({ error }) => {
      const { title, body } = error(code);
      return html`<h2>${title}</h2>
        <p>${body}</p>`;
    })}
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
export function stageProblem(
  problem: Problem,
  about: "picture" | undefined,
  ways: readonly WayOn[],
): TemplateResult {
  return html`<div class="errbox" role="alert">${problemBody(problem, ways, about)}</div>`;
}

/** A failure inside a panel, beside what it is about. */
export function inlineProblem(problem: Problem, ways: readonly WayOn[] = []): TemplateResult {
  return html`<div class="errbox inline" role="alert">${problemBody(problem, ways)}</div>`;
}
