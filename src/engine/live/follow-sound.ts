import { MOUTH_RATE_HZ } from "../../core/mouth.ts";
import { EngineError, throwIfCancelled, toEngineError } from "../../job/errors.ts";
import { LATENCIES } from "../../job/latency.ts";
import { transfer } from "../../worker-rpc/rpc.ts";
import { openFollowSource, type FollowedSound } from "./followed-sound.ts";
import { openTap } from "./sound-tap.ts";
import { aborted, type Performance, type Performer } from "./utterance.ts";

/** A silenced sound fades out within this time. */
const FADE_SECONDS = 0.03;
const LOOK_EVERY_MS = 100;
/** Networks that die again within this time are not waited for once more, in seconds. */
const LEAST_BETWEEN_SECONDS = 5;
/** A sound that ended before this was none. */
const LEAST_SECONDS = 0.05;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Follows a sound until it ends or is stopped: it is delayed by what its lips need, on the audio device's own clock, so
 * that nothing drifts, and goes from the audio thread to the model and from there to the face without the page.
 * @param audible whether the delayed sound is played; unless told, all but microphones are.
 */
export function followSound(sound: FollowedSound, audible: boolean | undefined): Performer {
  const undo: (() => void)[] = [];
  let followedSeconds = 0;

  /**
   * Has the sound of a node analysed for the face.
   * @param since second of the context's clock at which the mouth's time began; now when absent.
   * @param onLost told when the worker that analyses it has died.
   * @returns that second, and what ends it.
   */
  async function listen(
    { stage, signal }: Performance,
    node: AudioNode,
    onLost: (error: EngineError) => void,
    since?: number,
  ) {
    const { context } = stage.output;
    const tap = await openTap(context);
    const close = () => {
      node.disconnect(tap.node);
      tap.close();
    };
    node.connect(tap.node);
    try {
      const origin = await Promise.race([tap.origin, aborted(signal)]);
      const pieces = await stage.connectMouth(stage.number);
      throwIfCancelled(signal);
      const analysis = stage.workers
        .inference(stage.backend)
        .analysePort(
          stage.latency,
          context.sampleRate,
          Math.round((origin - (since ?? origin)) * MOUTH_RATE_HZ),
          transfer(tap.blocks, [tap.blocks]),
          transfer(pieces, [pieces]),
        );
      analysis.catch((error: unknown) => onLost(toEngineError(error)));
      return { since: since ?? origin, close };
    } catch (error) {
      close();
      throw error;
    }
  }

  return {
    get spokenSeconds() {
      return followedSeconds;
    },
    async perform(performance: Performance) {
      const { stage, signal } = performance;
      const { workers, output, latency } = stage;
      const { context } = output;
      const { delaySeconds } = LATENCIES[latency];
      // What cannot be followed is told at once, whatever else has to be waited for.
      const source = openFollowSource(sound, context);
      undo.push(() => source.release());
      await Promise.all([workers.startInference(stage.backend), performance.ready()]);
      throwIfCancelled(signal);
      const delay = new DelayNode(context, { maxDelayTime: delaySeconds, delayTime: delaySeconds });
      const fade = new GainNode(context);
      source.node
        .connect(delay)
        .connect(fade)
        .connect(output.entry(audible ?? !source.microphone));
      undo.push(() => {
        source.node.disconnect(delay);
        fade.gain.setTargetAtTime(0, context.currentTime, FADE_SECONDS / 3);
        setTimeout(() => fade.disconnect(), 1000 * FADE_SECONDS + 100);
      });
      let again: Promise<void> | null = null;
      let againAt = -Infinity;
      // A face or networks that were brought back know nothing of the sound: it is analysed anew, while it goes on.
      const listenAgain = (error?: EngineError) => {
        if (again || signal.aborted) return;
        if (error && context.currentTime - againAt < LEAST_BETWEEN_SECONDS) return performance.fail(error);
        againAt = context.currentTime;
        again = (async () => {
          await workers.startInference(stage.backend);
          const anew = await listen(performance, source.node, listenAgain, since);
          const old = signal.aborted ? anew : listening;
          if (!signal.aborted) listening = anew;
          old.close();
        })()
          .catch((failure: unknown) => performance.fail(toEngineError(failure)))
          .finally(() => (again = null));
      };
      let listening = await listen(performance, source.node, listenAgain);
      undo.push(() => listening.close(), stage.onComeback(listenAgain));
      const { since } = listening;
      const position = () => output.heard() - since - delaySeconds;
      await performance.show({ positionSeconds: position, untilSeconds: () => Infinity, justInTime: true });
      performance.announce(Math.max(0, -position()) * 1000);
      for (;;) {
        await pause(LOOK_EVERY_MS);
        throwIfCancelled(signal);
        followedSeconds = Math.max(followedSeconds, position());
        if (source.ended()) break;
      }
      await pause(1000 * delaySeconds);
      if (followedSeconds < LEAST_SECONDS) {
        throw new EngineError("input/audio-empty", "The sound ended before any of it came.");
      }
      return { durationSeconds: followedSeconds, warnings: [] };
    },
    silence() {
      for (const step of undo.splice(0).reverse()) step();
    },
  };
}
