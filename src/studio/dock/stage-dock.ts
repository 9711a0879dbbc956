import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import type { StudioState, VoiceInput } from "../state/studio-state.ts";
import { jobSeconds } from "../state/readiness.ts";
import { t } from "../strings.ts";
import type { Player } from "./player.ts";
import type { TimelineVoice } from "./timeline.ts";

const analysisOf = ({ envelope, aperture, spans }: VoiceInput) => ({ envelope, aperture, spans });

/** The voices on the timeline, each where it starts. */
export function timelineVoices(state: StudioState): readonly TimelineVoice[] {
  const [left, right] = state.voices;
  if (state.mode !== "dialogue") {
    return left ? [{ label: t.lWave(), badge: null, ...analysisOf(left), startSeconds: 0 }] : [];
  }
  const { order } = state.options;
  const starts = [
    order === "right_left" ? (right?.durationSeconds ?? 0) : 0,
    order === "left_right" ? (left?.durationSeconds ?? 0) : 0,
  ];
  return [left, right].flatMap((voice, index) =>
    voice
      ? [
          {
            label: index === 0 ? t.leftP() : t.rightP(),
            badge: (index + 1) as 1 | 2,
            ...analysisOf(voice),
            startSeconds: starts[index]!,
          },
        ]
      : [],
  );
}

/** The dock below the stage: there as soon as a voice was read. */
export function stageDock(state: StudioState, player: Player): TemplateResult | typeof nothing {
  const { job, result, voices, mode, options } = state;
  const shown = result !== null && state.showResult && !job;
  const total = shown ? result.report.durationSeconds : jobSeconds(state);
  if (total <= 0 && !voices[0] && !(mode === "dialogue" && voices[1])) return nothing;
  const rendering = job?.stage === "rendering" ? job.stageProgress : 0;
  const done = !job ? 0 : job.stage === "encoding" || job.stage === "done" ? 1 : rendering;
  const lanes = guard([voices, mode, options.order, document.documentElement.lang], () =>
    timelineVoices(state),
  );
  return html`<studio-timeline
    .voices=${lanes}
    .total=${total}
    .fps=${result?.report.fps ?? 25}
    .fill=${shown ? "full" : job ? "rendered" : "ghost"}
    .done=${done}
    .player=${shown || (!job && mode !== "dialogue" && total > 0) ? player : null}
  ></studio-timeline>`;
}
