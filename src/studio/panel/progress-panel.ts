import { html, nothing, type TemplateResult } from "lit";
import { onFirstClick } from "../../element/first-click.ts";
import type { Stage } from "../../job/job.ts";
import { formatNumber, formatPercent } from "../format.ts";
import { icon } from "../icons.ts";
import { getLocale } from "../localization.ts";
import type { RunningJob } from "../state/studio-state.ts";
import { t } from "../strings.ts";
import { progressBar } from "./parts.ts";

/** Below this many seconds a number would only flicker. */
const ALMOST_SECONDS = 3;
const STEPS: readonly Stage[] = [
  "loading models",
  "decoding",
  "finding faces",
  "listening",
  "rendering",
  "encoding",
];

function stepName(stage: Stage): string {
  switch (stage) {
    case "loading models":
      return t.stModels();
    case "decoding":
      return t.st1();
    case "finding faces":
      return t.st2();
    case "listening":
      return t.st3();
    case "rendering":
      return t.st4();
    default:
      return t.st5();
  }
}

/** Time left in words, or what is being done while there is no basis for a time. */
export function timeLeft(job: RunningJob): string {
  if (job.secondsLeft === null) {
    return job.stage === "encoding"
      ? t.almost()
      : job.stage === "queued"
        ? t.stModels()
        : stepName(job.stage);
  }
  return job.secondsLeft < ALMOST_SECONDS ? t.almost() : t.left(formatNumber(Math.ceil(job.secondsLeft)));
}

const seconds = (value: number) => `${formatNumber(value, 1)} ${getLocale() === "tr" ? "sn" : "s"}`;

function head(job: RunningJob): TemplateResult {
  return html`<h2>
      ${t.rendering()}<span class="muted">${formatPercent(Math.floor(job.progress * 100) / 100)}</span>
    </h2>
    <p class="bigt">${timeLeft(job)}</p>
    ${progressBar(job.progress, t.rendering())}`;
}

function steps(job: RunningJob): TemplateResult {
  const current = Math.max(0, STEPS.indexOf(job.stage));
  return html`<ol class="steps">
    ${STEPS.map((stage, index) => {
      const state = index < current ? "done" : index === current ? "now" : "";
      const took = job.took[stage];
      return html`<li class=${state} aria-current=${state === "now" ? "step" : nothing}>
        ${state === "done" ? icon("check") : html`<span class="dot"></span>`}<span>${stepName(stage)}</span
        ><span>${state === "done" && took !== undefined ? seconds(took) : nothing}</span>
      </li>`;
    })}
  </ol>`;
}

/** What may be done with this tab meanwhile. */
function where(job: RunningJob): string {
  if (job.elsewhere) return t.elsewhere();
  if (job.id === null) return t.keepOpen();
  return job.resumed ? t.interrupted() : t.closeOk();
}

/** The panel while a job runs: percent, time left, steps with their times, cancel. */
export function progressPanel(job: RunningJob, cancel: () => void): TemplateResult {
  return html`<aside class="panel" aria-label=${t.rendering()}>
    <div class="pscroll">
      <section class="sec onlywide">${head(job)}</section>
      <section class="sec">${steps(job)}</section>
      <section class="sec">
        <p class="muted" data-where>${where(job)}</p>
      </section>
    </div>
    <div class="pfoot">
      <div class="footprog">${head(job)}</div>
      <p>${t.cancelNote()}</p>
      <button class="btn lg" @click=${onFirstClick(cancel)}>
        ${t.cancel()}<kbd aria-hidden="true">Esc</kbd>
      </button>
    </div>
  </aside>`;
}
