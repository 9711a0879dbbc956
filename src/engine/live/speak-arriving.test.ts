import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MouthPiece } from "../../core/mouth.ts";
import { createLiveAnalyses } from "../../pipeline/live/serve-analyses.ts";
import type { RunNetwork } from "../../speech/model/voice-analysis.ts";
import { speechModelOf } from "../../speech/model/speech-model.ts";
import { speakStreamed } from "./speak-arriving.ts";
import type { Performance } from "./utterance.ts";
import type { VoiceChunk } from "./arriving-voice.ts";

afterEach(() => vi.unstubAllGlobals());

const RATE_HZ = 24_000;
/** What an MP3 of 300 ms gives at once: its last frame is not whole, its first ones are the encoder's. */
const FIRST_SECONDS = 0.24;
const FRAME_SECONDS = 0.024;

const network: RunNetwork = ({ mel }) => {
  const frames = mel!.dims[1]!;
  const rows = (width: number) => ({ data: new Float32Array(frames * width), dims: [1, frames, width] });
  return Promise.resolve({ controls: rows(7), phones: rows(26), voice: rows(1), lips: rows(3) });
};

/** What lies ahead of the sound that is heard, in seconds. */
interface Ahead {
  seconds: number;
}

/**
 * A performance whose sound goes nowhere; `played` gets the seconds that are handed over.
 * @param ahead all is heard at once without it.
 */
function performanceFor(played: (seconds: number) => void, ahead: Ahead = { seconds: 0 }) {
  const analyses = createLiveAnalyses(() => Promise.resolve(speechModelOf(network)));
  const context = { sampleRate: RATE_HZ };
  let queued = 0;
  const playback = {
    ended: Promise.resolve(),
    get started() {
      return queued > 0;
    },
    get queuedSeconds() {
      return queued;
    },
    get aheadSeconds() {
      return ahead.seconds;
    },
    get slackSeconds() {
      return ahead.seconds;
    },
    positionSeconds: () => 0,
    untilSeconds: () => queued,
    add(planes: readonly Float32Array[]) {
      queued += (planes[0]?.length ?? 0) / RATE_HZ;
      played(queued);
    },
    finish: () => undefined,
    stop: () => undefined,
  };
  const pieces: MouthPiece[] = [];
  return {
    stage: {
      workers: { inference: () => analyses, startInference: () => Promise.resolve() },
      output: { context, play: () => playback },
      latency: "quality",
      maxSeconds: 60,
      number: 1,
      addMouth: (_: number, piece: MouthPiece) => Promise.resolve(void pieces.push(piece)),
    },
    signal: new AbortController().signal,
    ready: () => Promise.resolve(),
    show: () => Promise.resolve(),
    moved: () => undefined,
    pause: () => undefined,
    announce: () => undefined,
    fail: (error: Error) => {
      throw error;
    },
  } as unknown as Performance;
}

const sound = (seconds: number): VoiceChunk => ({
  planes: [Float32Array.from({ length: Math.round(seconds * RATE_HZ) }, (_, i) => 0.3 * Math.sin(i / 9))],
  sampleRate: RATE_HZ,
});

// Node has none; nothing here is one.
beforeEach(() => vi.stubGlobal("AudioBuffer", Map));

test("a reply is heard from its first 300 ms on, before more of it comes", async () => {
  let begin!: (seconds: number) => void;
  const begun = new Promise<number>((resolve) => (begin = resolve));
  async function* reply() {
    // As a decoder gives them, frame by frame.
    for (let i = 0; i < FIRST_SECONDS / FRAME_SECONDS; i++) yield sound(FRAME_SECONDS);
    // What follows waits until what came is heard.
    await begun;
    yield sound(1);
  }
  const performer = speakStreamed(reply(), null);
  const { durationSeconds } = await performer.perform(performanceFor(begin));
  // It lasts until the next piece of 200 ms has come and was analysed.
  expect(await begun).toBeGreaterThan(0.15);
  expect(durationSeconds).toBeCloseTo(FIRST_SECONDS + 1, 3);
  expect(performer.spokenSeconds).toBeCloseTo(FIRST_SECONDS + 1, 3);
}, 20_000);

test("what has come is played to its end where nothing follows in time", async () => {
  const ahead: Ahead = { seconds: 0 };
  let seconds = 0;
  let wake: () => void = () => undefined;
  const reaches = async (wanted: number) => {
    while (seconds < wanted) await new Promise<void>((resolve) => (wake = resolve));
  };
  async function* reply() {
    yield sound(FIRST_SECONDS);
    await reaches(0.15);
    // It will run dry; this is too little for a run of its own.
    ahead.seconds = 0.08;
    yield sound(0.1);
    await reaches(0.26);
    // Another moment, and there is a gap: also what little future was heard of.
    ahead.seconds = 0.02;
    await reaches(0.3);
    ahead.seconds = 0;
    yield sound(1);
  }
  const performer = speakStreamed(reply(), null);
  await performer.perform(
    performanceFor((queued) => {
      seconds = queued;
      wake();
    }, ahead),
  );
  expect(performer.spokenSeconds).toBeCloseTo(FIRST_SECONDS + 1.1, 3);
}, 20_000);
