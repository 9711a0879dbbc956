import { EngineError, throwIfCancelled, toEngineError } from "../../job/errors.ts";
import { LATENCIES } from "../../job/latency.ts";
import { transfer } from "../../worker-rpc/rpc.ts";
import { openFollowSource, type FollowedSound } from "./follow-source.ts";
import { openTap } from "./live-tap.ts";
import { aborted, type Performance, type Performer } from "./live-utterance.ts";

/** A silenced sound fades out within this time. */
const FADE_SECONDS = 0.03;
const LOOK_EVERY_MS = 100;
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
      const [tap] = await Promise.all([
        openTap(context),
        workers.startInference(stage.backend),
        performance.ready(),
      ]);
      undo.push(() => tap.close());
      throwIfCancelled(signal);
      const pieces = new MessageChannel();
      await stage.connectMouth(stage.number, pieces.port2);
      const analysis = workers
        .inference(stage.backend)
        .analysePort(
          latency,
          context.sampleRate,
          transfer(tap.blocks, [tap.blocks]),
          transfer(pieces.port1, [pieces.port1]),
        );
      analysis.catch((error: unknown) => performance.fail(toEngineError(error)));

      const delay = new DelayNode(context, { maxDelayTime: delaySeconds, delayTime: delaySeconds });
      const fade = new GainNode(context);
      source.node.connect(tap.node);
      source.node
        .connect(delay)
        .connect(fade)
        .connect(output.entry(audible ?? !source.microphone));
      undo.push(() => {
        source.node.disconnect(tap.node);
        source.node.disconnect(delay);
        fade.gain.setTargetAtTime(0, context.currentTime, FADE_SECONDS / 3);
        setTimeout(() => fade.disconnect(), 1000 * FADE_SECONDS + 100);
      });
      const origin = await Promise.race([tap.origin, aborted(signal)]);
      const position = () => output.heard() - origin - delaySeconds;
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
