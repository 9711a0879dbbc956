import { html, nothing, type TemplateResult } from "lit";
import { formatBytes, formatNumber } from "../format.ts";
import { icon } from "../icons.ts";
import { section } from "../panel/parts.ts";
import type { Studio } from "../state/studio.ts";
import { t } from "../strings.ts";
import type { Traffic } from "../traffic.ts";
import { sheet } from "./sheet.ts";

/** The policy that this page carries, as the browser enforces it. */
function policy(): string {
  const meta = document.querySelector<HTMLMetaElement>("meta[http-equiv='Content-Security-Policy' i]");
  return (meta?.content ?? "")
    .split(";")
    .map((rule) => rule.trim())
    .join(";\n");
}

/** What was sent, where to, and what forbids the rest. */
export function privacySheet(studio: Studio, traffic: Traffic): TemplateResult {
  const minutes = formatNumber(Math.floor((Date.now() - traffic.since) / 60_000));
  const zero = traffic.sentBytes === 0;
  return sheet(
    studio,
    t.pTitle(),
    html`<section class="sec">
        <p class="bigt row">
          <span class=${zero ? "oktone big" : "wntone big"}>${icon(zero ? "shield" : "warn")}</span
          >${formatBytes(traffic.sentBytes)}
        </p>
        <p class="muted after">${t.sentSub(minutes)}</p>
      </section>
      <section class="sec">
        <dl class="kv">
          <dt>${t.pOwn()}</dt>
          <dd>${t.pReq(formatNumber(traffic.ownRequests))}</dd>
          <dt>${t.pWorkers()}</dt>
          <dd>${t.pReq(formatNumber(traffic.workerRequests))}</dd>
          <dt>${t.pOther()}</dt>
          <dd><b>${t.pReq(formatNumber(traffic.otherRequests))}</b></dd>
          <dt>${t.pBlocked()}</dt>
          <dd>${t.pReq(formatNumber(traffic.blocked.length))}</dd>
        </dl>
        <p class="muted after">${t.pCount()}</p>
      </section>
      ${section(
        t.pPolicy(),
        html`<p class="muted">${t.pPolicySub()}</p>
          <pre class="code after" tabindex="0">${policy()}</pre>
          <p class="note ok after">${icon("check")}<span>${t.pTest()}</span></p>`,
      )}
      ${
        traffic.latest.length > 0
          ? section(
              t.pLog(),
              html`<ul>
                ${traffic.latest.map(
                  ({ url, receivedBytes }) =>
                    html`<li class="row between logline">
                      <span class="mono clip"
                        >GET ${new URL(url).pathname.split("/").slice(-2).join("/")}</span
                      ><span class="muted small"
                        >${receivedBytes === 0 ? t.pCache() : `${formatBytes(receivedBytes)} ${t.pReceived()}`}</span
                      >
                    </li>`,
                )}
              </ul>`,
            )
          : nothing
      }`,
  );
}
