import { EngineError, throwIfCancelled, toEngineError } from "../../job/errors.ts";
import type { Backend } from "../../job/job.ts";
import type { Latency } from "../../job/latency.ts";
import { tellWarning } from "../../job/sentences/english.ts";
import type { Warning } from "../../job/warnings.ts";
import type { MouthPiece } from "../../core/mouth.ts";
import type { AnalysedSoFar } from "./growing-analysis.ts";
import type { LiveOutput } from "./sound-output.ts";
import type { Face } from "./live-face.ts";
import type { Utterance, UtteranceEnd, UtteranceStart } from "./live-types.ts";
import type { Workers } from "../workers/workers.ts";

/** What an utterance needs of its session. */
export interface Stage {
  readonly workers: Workers;
  readonly output: LiveOutput;
  readonly backend: Backend | undefined;
  readonly fps: number;
  readonly maxSeconds: number;
  readonly latency: Latency;
  /** Number of the utterance. */
  readonly number: number;
  /** The face, brought back if it was lost. */
  face(): Promise<Face>;
  setMouth(utterance: number, analysed: AnalysedSoFar): Promise<void>;
  addMouth(utterance: number, piece: MouthPiece): Promise<void>;
  /** Has the face take pieces of the mouth from a port; the port for whoever sends them. */
  connectMouth(utterance: number): Promise<MessagePort>;
  /** Tells when the face was lost and is back, without the mouth it was given; until the function is called that it gives. */
  onComeback(tell: () => void): () => void;
  onBlocked(blocked: boolean): void;
  /** Fulfilled when the utterance may be heard. */
  readonly turn: Promise<void>;
  onStart(): void;
}

/** An utterance and the way for its session to end it. */
export interface RunningUtterance extends Utterance {
  end(reason: "interrupted" | "stopped"): void;
  /** Fulfilled, never rejected, when it is over. */
  readonly over: Promise<void>;
}

/** Where a voice is, in its own seconds. */
export interface ShownVoice {
  /** What is heard now. */
  positionSeconds(): number;
  /** It goes no further than this by itself. */
  untilSeconds(): number;
  /** Its mouth becomes known shortly before it is heard; false when absent. */
  readonly justInTime?: boolean;
}

/** What is done while an utterance lasts. */
export interface Performance {
  readonly stage: Stage;
  /** Aborted when it is over, for whatever reason. */
  readonly signal: AbortSignal;
  /** Waits for its turn and for sound to be possible. */
  ready(): Promise<void>;
  /** Has the face follow a voice. */
  show(voice: ShownVoice): Promise<void>;
  /** The voice got further. */
  moved(): void;
  /** Lets the face rest, alive, until it is shown again. */
  pause(): void;
  /** Tells that it begins to be heard in so many milliseconds. */
  announce(untilHeardMs: number): void;
  /** Ends it as a failure. */
  fail(error: EngineError): void;
}

/** How an utterance ended, where it was not ended from outside. */
export interface Performed {
  readonly durationSeconds: number;
  readonly warnings: readonly Warning[];
}

/** Does the work of an utterance; given up when its signal is aborted. */
export interface Performer {
  perform(performance: Performance): Promise<Performed>;
  /** Silences it; called once, whatever happened. */
  silence(): void;
  /** Seconds that were given to be heard. */
  readonly spokenSeconds: number;
}

/** Rejects when a signal is aborted, to be raced with what may wait for ever. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const cancel = () => reject(new EngineError("job/cancelled", "The utterance is over."));
    if (signal.aborted) cancel();
    signal.addEventListener("abort", cancel, { once: true });
  });
}

/** What was shown, counted. */
function createTally(startedAt: number) {
  let [first, last, shown, sum, worst] = [-1, -1, 0, 0, 0];
  let firstFrameMs: number | null = null;
  return {
    add(frame: number, fps: number, heardSeconds: number) {
      firstFrameMs ??= performance.now() - startedAt;
      if (first < 0) first = frame;
      last = frame;
      shown++;
      const lag = heardSeconds - frame / fps;
      sum += lag;
      worst = Math.max(worst, lag);
    },
    facts: () => ({
      firstFrameMs,
      framesShown: shown,
      framesDue: shown === 0 ? 0 : last - first + 1,
      meanLagSeconds: shown === 0 ? 0 : sum / shown,
      worstLagSeconds: worst,
    }),
  };
}

/** Starts an utterance whose work `performer` does. */
export function startUtterance(
  performer: Performer,
  stage: Stage,
  signal: AbortSignal | undefined,
): RunningUtterance {
  const startedAt = performance.now();
  const tally = createTally(startedAt);
  const controller = new AbortController();
  let reason: UtteranceEnd["reason"] = "ended";
  let face: Face | null = null;
  let firstSoundMs: number | null = null;
  let begin!: (start: UtteranceStart) => void;
  let failStart!: (error: EngineError) => void;
  const started = new Promise<UtteranceStart>((resolve, reject) => {
    begin = resolve;
    failStart = reject;
  });
  started.catch(() => undefined);
  const abort = () => controller.abort();
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort, { once: true });
  /** Rejects when the utterance is ended from outside, or its sound cannot go on; raced with every wait. */
  let interrupt!: (error: EngineError) => void;
  const ended = new Promise<never>((_, reject) => {
    interrupt = reject;
    const cancelled = () => reject(new EngineError("job/cancelled", "The utterance was cancelled."));
    if (controller.signal.aborted) cancelled();
    controller.signal.addEventListener("abort", cancelled, { once: true });
  });
  ended.catch(() => undefined);

  const pause = () => {
    if (face?.speech?.utterance === stage.number) face.speech = null;
  };
  const running: Performance = {
    stage,
    signal: controller.signal,
    async ready() {
      await stage.turn;
      throwIfCancelled(controller.signal);
      stage.output.watch(controller.signal, interrupt);
      await stage.output.running(controller.signal, (blocked) => stage.onBlocked(blocked));
      throwIfCancelled(controller.signal);
    },
    async show(shown) {
      face = await stage.face();
      throwIfCancelled(controller.signal);
      face.speech = {
        utterance: stage.number,
        justInTime: shown.justInTime ?? false,
        positionSeconds: () => shown.positionSeconds(),
        untilSeconds: () => shown.untilSeconds(),
        running: () => stage.output.context.state === "running",
        onFrame: (frame, heardSeconds) => tally.add(frame, stage.fps, heardSeconds),
      };
    },
    pause,
    moved: () => face?.moved(),
    announce(untilHeardMs) {
      firstSoundMs = performance.now() - startedAt + untilHeardMs;
      stage.onStart();
      begin({ firstSoundMs });
    },
    fail: (error) => interrupt(error),
  };

  const result = Promise.race([ended, performer.perform(running)])
    .then(
      ({ durationSeconds, warnings }): UtteranceEnd => ({
        ...{ reason, durationSeconds, firstSoundMs, ...tally.facts() },
        warnings: warnings.map(tellWarning),
      }),
      (thrown: unknown): UtteranceEnd => {
        const outside = !signal?.aborted && reason !== "ended";
        const error = toEngineError(thrown);
        failStart(error);
        if (!outside) throw error;
        const durationSeconds = performer.spokenSeconds;
        return { reason, durationSeconds, firstSoundMs, ...tally.facts(), warnings: [] };
      },
    )
    .finally(() => {
      signal?.removeEventListener("abort", abort);
      controller.abort();
      performer.silence();
      pause();
    });
  result.catch(() => undefined);
  return {
    started,
    then: (onDone, onFailed) => result.then(onDone, onFailed),
    catch: (onFailed) => result.catch(onFailed),
    finally: (onEnd) => result.finally(onEnd),
    stop: () => end("stopped"),
    end,
    over: result.then(
      () => undefined,
      () => undefined,
    ),
  };

  function end(why: "interrupted" | "stopped"): void {
    if (controller.signal.aborted) return;
    reason = why;
    abort();
  }
}
