import { EngineError, throwIfCancelled } from "../../job/errors.ts";
import type { MouthPiece } from "../../core/mouth.ts";
import { LATENCIES } from "../../job/latency.ts";
import type { PcmFormat, StreamPiece } from "../../worker-rpc/live-api.ts";
import { transfer } from "../../worker-rpc/rpc.ts";
import type { VoicePlayback } from "./voice-playback.ts";
import type { Performance, Performer } from "./utterance.ts";
import { SoundStore } from "./waiting-sound.ts";
import { openStreamSource, type StreamedVoice, type StreamSource } from "./arriving-voice.ts";

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

/** A voice that comes in large pieces begins so long after the first of them at least, unless twice what it needs is in store. */
const HELD_SECONDS = 0.09;
/** With less than this in store all that has come is analysed, however little. */
const SHORT_SECONDS = 0.1;
/** With less than this before a gap, sound is played whose mouth is only guessed: a gap is worse. */
const URGENT_SECONDS = 0.04;

/** Second up to which a piece makes the mouth known. */
const knownTo = ({ start, final, track }: MouthPiece): number =>
  (start + Math.max(final, track.frames - LEAST_FUTURE)) / FRAME_RATE;
/** Second up to which it says anything of the mouth. */
const guessedTo = ({ start, track }: MouthPiece): number => (start + track.frames) / FRAME_RATE;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Speaks a voice that is still arriving: sound and lips wait together where it comes too slowly, and go on. What came
 * before a break is spoken before the utterance rejects.
 */
export function speakStreamed(voice: StreamedVoice, format: PcmFormat | null): Performer {
  let playback: VoicePlayback | null = null;
  let source: StreamSource | null = null;
  let analysis: { close(): void } | null = null;
  let shown = false;

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
      store.extend(knownTo(piece), guessedTo(piece));
    };
    const analyse = async (speech: Float32Array<ArrayBuffer>, soon: boolean) =>
      take(await inference().analyseMore(number, transfer(speech, [speech.buffer]), soon));
    /** Seconds until there is a gap, as far as is known. */
    const left = () => Math.max(0, playback?.slackSeconds ?? 0) + store.available;
    /** The next piece; while it does not come, what came before is analysed to its end before the voice runs dry. */
    const next = async (): Promise<StreamPiece> => {
      const reading = from.read();
      reading.catch(() => undefined);
      for (let waits = shown && store.unheard; waits;) {
        const ms = Math.max(LOOK_EVERY_MS, 1000 * (left() - SHORT_SECONDS));
        if (await Promise.race([reading, pause(ms)])) break;
        throwIfCancelled(signal);
        if (left() > SHORT_SECONDS) continue;
        await analyse(new Float32Array(0), true);
        waits = false;
      }
      return reading;
    };
    const end = async () => {
      await take(await inference().endAnalysis(number));
      analysis = null;
      store.finish();
    };
    try {
      for (let ended = false; !ended;) {
        const piece = await next();
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
        // Before it is heard no time is to be lost, nor where it might run dry.
        if (piece.speech.length > 0) await analyse(piece.speech, !shown || left() < SHORT_SECONDS);
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
      const urgent = shown && !dry && playback!.slackSeconds < URGENT_SECONDS;
      if ((urgent ? store.guessed : store.available) <= wanted || ahead > HANDED_SECONDS) {
        await Promise.race([store.changed(), pause(LOOK_EVERY_MS)]);
        continue;
      }
      const held = HELD_SECONDS - store.fillingSeconds;
      if (held > 0 && !shown && !store.finished && store.available < 2 * needed) {
        await Promise.race([store.changed(), pause(1000 * held)]);
        continue;
      }
      await prepared;
      playback ??= stage.output.play();
      const playing = playback;
      const first = !playing.started;
      playing.add(store.take(PIECE_SECONDS, urgent));
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
