import { EngineError, throwIfCancelled } from "../../job/errors.ts";
import type { MouthPiece } from "../../core/mouth.ts";
import { LATENCIES } from "../../job/latency.ts";
import type { PcmFormat } from "../../worker-rpc/live-api.ts";
import { transfer } from "../../worker-rpc/rpc.ts";
import type { VoicePlayback } from "./live-sound.ts";
import type { Performance, Performer } from "./live-utterance.ts";
import { SoundStore } from "./sound-store.ts";
import { openStreamSource, type StreamedVoice, type StreamSource } from "./stream-source.ts";

/** A mouth is fit to be shown once so many frames of future were analysed; what comes meanwhile makes it better. */
const LEAST_FUTURE = 4;
const FRAME_RATE = 100;
/** The most that is handed to the browser at once, and lies there at most, in seconds. */
const PIECE_SECONDS = 0.5;
const HANDED_SECONDS = 1;
/** The least that is handed over while it goes on without a gap. */
const LEAST_SECONDS = 0.02;
/** Reading waits while more than this is in store. */
const STORED_SECONDS = 8;
/** After each gap twice as much is stored before it goes on, up to this. */
const LARGEST_STORE_SECONDS = 1;
/** A face whose voice has stopped coming rests after so long. */
const DRY_SECONDS = 0.12;
const LOOK_EVERY_MS = 20;

/** Second up to which a piece makes the mouth known. */
const knownTo = ({ start, final, track }: MouthPiece): number =>
  (start + Math.max(final, track.frames - LEAST_FUTURE)) / FRAME_RATE;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Speaks a voice that is still arriving: sound and lips wait together where it comes too slowly, and go on. What came
 * before a break is spoken before the utterance rejects.
 */
export function speakStreamed(voice: StreamedVoice, format: PcmFormat | null): Performer {
  let playback: VoicePlayback | null = null;
  let source: StreamSource | null = null;
  let analysis: { close(): void } | null = null;

  /** Reads, has it analysed, and stores it. */
  async function read({ stage, signal }: Performance, from: StreamSource, store: SoundStore): Promise<void> {
    const inference = () => stage.workers.inference(stage.backend);
    const number = await inference().openAnalysis(stage.latency);
    analysis = {
      close: () =>
        void inference()
          .closeAnalysis(number)
          .catch(() => undefined),
    };
    const take = async (piece: MouthPiece | null) => {
      if (!piece) return;
      await stage.addMouth(stage.number, piece);
      store.extend(knownTo(piece));
    };
    const end = async () => {
      await take(await inference().endAnalysis(number));
      analysis = null;
      store.finish();
    };
    try {
      for (let ended = false; !ended;) {
        const piece = await from.read();
        throwIfCancelled(signal);
        ended = piece.ended;
        store.add(piece.planes);
        if (store.seconds > stage.maxSeconds) {
          throw new EngineError(
            "input/audio-too-long",
            `The stream lasts longer than ${stage.maxSeconds} s; set maxSeconds for longer ones.`,
            { details: { limits: { most: stage.maxSeconds }, unit: "seconds" } },
          );
        }
        if (piece.speech.length > 0) {
          await take(await inference().analyseMore(number, transfer(piece.speech, [piece.speech.buffer])));
        }
        await store.below(STORED_SECONDS, signal);
      }
      await end();
    } catch (error) {
      if (!signal.aborted) await end().catch(() => undefined);
      throw error;
    }
  }

  /** Plays what is in store as far as its mouth is known. */
  async function play(performance: Performance, store: SoundStore, prepared: Promise<void>): Promise<void> {
    const { stage, signal, announce, show } = performance;
    let needed = LATENCIES[stage.latency].storeSeconds;
    let shown = false;
    for (;;) {
      throwIfCancelled(signal);
      const ahead = playback?.aheadSeconds ?? 0;
      const dry = ahead <= LEAST_SECONDS / 4;
      if (shown && dry && store.drySeconds > DRY_SECONDS) {
        shown = false;
        needed = Math.min(LARGEST_STORE_SECONDS, 2 * needed);
        performance.pause();
      }
      const wanted = store.finished ? 0 : shown && !dry ? LEAST_SECONDS : needed;
      if (store.finished && store.available === 0) break;
      if (store.available <= wanted || ahead > HANDED_SECONDS) {
        await Promise.race([store.changed(), pause(LOOK_EVERY_MS)]);
        continue;
      }
      await prepared;
      playback ??= stage.output.play();
      const playing = playback;
      const first = !playing.started;
      playing.add(store.take(PIECE_SECONDS));
      if (first) announce(Math.max(0, -playing.positionSeconds()) * 1000);
      if (shown) performance.moved();
      else await show(playing);
      shown = true;
    }
    playback?.finish();
    await playback?.ended;
  }

  return {
    get spokenSeconds() {
      return playback?.queuedSeconds ?? 0;
    },
    async perform(performance) {
      const { stage, signal } = performance;
      const { sampleRate } = stage.output.context;
      const prepared = performance.ready();
      prepared.catch(() => undefined);
      const starting = stage.workers.startInference(stage.backend);
      starting.catch(() => undefined);
      const opening = openStreamSource(voice, format, stage.workers, sampleRate);
      opening.then(
        (opened) => {
          if (signal.aborted) opened.close();
        },
        () => undefined,
      );
      source = await opening;
      await starting;
      throwIfCancelled(signal);
      const store = new SoundStore(sampleRate);
      const [reading] = await Promise.allSettled([
        read(performance, source, store).finally(() => store.finish()),
        play(performance, store, prepared).catch((error: unknown) => {
          performance.fail(error as EngineError);
        }),
      ]);
      if (reading.status === "rejected") throw reading.reason;
      return { durationSeconds: store.seconds, warnings: [] };
    },
    silence() {
      playback?.stop();
      source?.close();
      analysis?.close();
    },
  };
}
