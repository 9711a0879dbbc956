import { EngineError, throwIfCancelled, toEngineError } from "../../job/errors.ts";
import type { Backend } from "../../job/job.ts";
import { listenGrowing } from "./live-analysis.ts";
import type { Presenter } from "./live-presenter.ts";
import type { LiveOutput, VoicePlayback } from "./live-sound.ts";
import type { Utterance, UtteranceEnd, UtteranceStart } from "./live-types.ts";
import type { AnalysedSoFar } from "./live-analysis.ts";
import type { Workers } from "../workers.ts";

/** What an utterance needs of its session. */
export interface Stage {
  readonly workers: Workers;
  readonly output: LiveOutput;
  readonly backend: Backend | undefined;
  readonly fps: number;
  readonly maxSeconds: number;
  /** Number of the utterance. */
  readonly number: number;
  /** The portrait, opened again if it was lost. */
  presenter(): Promise<Presenter>;
  setMouth(utterance: number, heard: AnalysedSoFar): Promise<void>;
  onBlocked(blocked: boolean): void;
  /** Fulfilled when the utterance may be heard. */
  readonly turn: Promise<void>;
  onStart(): void;
}

/** A piece of sound in seconds, and how many wait to be heard at most. */
const PIECE_SECONDS = 0.5;
const WAITING_PIECES = 16;

/** An utterance and the way for its session to end it. */
export interface RunningUtterance extends Utterance {
  end(reason: "interrupted" | "stopped"): void;
  /** Fulfilled, never rejected, when it is over. */
  readonly over: Promise<void>;
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

/** Lets the sound wait until its mouth is known. */
class Horizon {
  private seconds = 0;
  private waiting: (() => void)[] = [];

  extend(seconds: number): void {
    this.seconds = seconds;
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  async reaches(seconds: number): Promise<void> {
    while (this.seconds < seconds) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}

/**
 * Speaks a voice: decodes and listens piece by piece, plays what was listened to, and has the face follow the sound.
 * @param voice its bytes; a rejection is the utterance's.
 */
export function startUtterance(
  voice: Promise<Blob>,
  stage: Stage,
  signal: AbortSignal | undefined,
): RunningUtterance {
  const startedAt = performance.now();
  const tally = createTally(startedAt);
  const controller = new AbortController();
  const horizon = new Horizon();
  let reason: UtteranceEnd["reason"] = "ended";
  let playback: VoicePlayback | null = null;
  let presenter: Presenter | null = null;
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

  async function sound(voiceNumber: number, sampleRateHz: number, first: () => Promise<VoicePlayback>) {
    const media = stage.workers.media();
    let read = 0;
    for (let done = false; !done;) {
      const piece = await media.readSound(voiceNumber, PIECE_SECONDS, sampleRateHz);
      done = piece.ended;
      read += (piece.planes[0]?.length ?? 0) / sampleRateHz;
      await horizon.reaches(read);
      playback ??= await first();
      throwIfCancelled(controller.signal);
      playback.add(piece.planes);
      if (firstSoundMs === null) announce(playback);
      await playback.fewerThan(WAITING_PIECES);
    }
    playback?.finish();
    await playback?.ended;
  }

  function announce(playing: VoicePlayback): void {
    const untilHeardMs = Math.max(0, -playing.positionSeconds()) * 1000;
    firstSoundMs = performance.now() - startedAt + untilHeardMs;
    stage.onStart();
    begin({ firstSoundMs });
  }

  async function beginPlayback(): Promise<VoicePlayback> {
    await stage.turn;
    stage.output.watch(controller.signal, interrupt);
    await stage.output.running(controller.signal, (blocked) => stage.onBlocked(blocked));
    throwIfCancelled(controller.signal);
    const playing = stage.output.play();
    presenter = await stage.presenter();
    throwIfCancelled(controller.signal);
    presenter.speech = {
      utterance: stage.number,
      positionSeconds: () => playing.positionSeconds(),
      onFrame: (frame, heardSeconds) => tally.add(frame, stage.fps, heardSeconds),
    };
    return playing;
  }

  async function speak(): Promise<UtteranceEnd> {
    const file = await voice;
    throwIfCancelled(controller.signal);
    const { workers } = stage;
    // At once where it runs; anew where its worker died.
    const starting = workers.startInference(stage.backend);
    starting.catch(() => undefined);
    const open = await workers.media().openVoice(file, stage.maxSeconds, controller.signal);
    const warnings = [...open.warnings];
    try {
      await starting;
      const hearing = listenGrowing(
        workers,
        open,
        controller.signal,
        async (heard) => {
          await stage.setMouth(stage.number, heard);
          if (heard.complete) warnings.push(...heard.warnings);
          horizon.extend(heard.horizonSeconds);
        },
        stage.backend,
      );
      const { sampleRate } = stage.output.context;
      await Promise.race([ended, Promise.all([hearing, sound(open.voice, sampleRate, beginPlayback)])]);
    } finally {
      void workers
        .media()
        .closeVoice(open.voice)
        .catch(() => undefined);
    }
    const { durationSeconds } = open;
    return { reason, durationSeconds, firstSoundMs, ...tally.facts(), warnings };
  }

  const result = Promise.race([ended, speak()])
    .catch((thrown: unknown): UtteranceEnd => {
      const outside = !signal?.aborted && reason !== "ended";
      const error = toEngineError(thrown);
      failStart(error);
      if (!outside) throw error;
      const durationSeconds = playback?.queuedSeconds ?? 0;
      return { reason, durationSeconds, firstSoundMs, ...tally.facts(), warnings: [] };
    })
    .finally(() => {
      signal?.removeEventListener("abort", abort);
      controller.abort();
      playback?.stop();
      if (presenter?.speech?.utterance === stage.number) presenter.speech = null;
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
