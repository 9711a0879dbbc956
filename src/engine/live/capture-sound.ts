import { heardTime } from "./voice-playback.ts";

/** The sound of a session as a track. */
export interface CaptureSound {
  readonly track: MediaStreamTrack;
  close(): void;
}

/** The delay follows the device's within this time, so that nobody hears it. */
const FOLLOWING_SECONDS = 0.5;
const LONGEST_SECONDS = 1;
const LOOK_EVERY_MS = 1000;
/** Smaller differences are noise of the clocks. */
const LEAST_SECONDS = 0.002;

/**
 * Makes a track of what `entries` play. The face is shown when its sound leaves the loudspeaker, some time after the page
 * has handed it over: the track is delayed by as much, and goes on doing so when the device changes.
 */
export function createCaptureSound(context: AudioContext, entries: readonly AudioNode[]): CaptureSound {
  const lag = () => Math.min(LONGEST_SECONDS, Math.max(0, context.currentTime - heardTime(context)));
  const delay = new DelayNode(context, { maxDelayTime: LONGEST_SECONDS, delayTime: lag() });
  const end = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
  delay.connect(end);
  for (const entry of entries) entry.connect(delay);
  const timer = setInterval(() => {
    const wanted = lag();
    if (Math.abs(wanted - delay.delayTime.value) > LEAST_SECONDS) {
      delay.delayTime.setTargetAtTime(wanted, context.currentTime, FOLLOWING_SECONDS / 3);
    }
  }, LOOK_EVERY_MS);
  const [track] = end.stream.getAudioTracks();
  return {
    track: track!,
    close() {
      clearInterval(timer);
      track!.stop();
      for (const entry of entries) entry.disconnect(delay);
      delay.disconnect();
    },
  };
}
