import { throwIfCancelled } from "../../job/errors.ts";
import { Horizon } from "./wait-for-mouth.ts";
import { analyseGrowing, type AnalysedSoFar } from "./growing-analysis.ts";
import type { VoicePlayback } from "./voice-playback.ts";
import { aborted, type Performance, type Performer } from "./utterance.ts";

/** A piece of sound in seconds, and how many wait to be heard at most. */
const PIECE_SECONDS = 0.5;
const WAITING_PIECES = 16;

/**
 * Speaks a recording: decodes and listens piece by piece, plays what was listened to, and has the face follow the sound.
 * @param voice its bytes; a rejection is the utterance's.
 */
export function speakRecorded(voice: Promise<Blob>): Performer {
  const horizon = new Horizon();
  let playback: VoicePlayback | null = null;

  async function begin({ stage, signal, ready, show }: Performance): Promise<VoicePlayback> {
    await ready();
    const playing = stage.output.play();
    playback = playing;
    await show(playing);
    throwIfCancelled(signal);
    return playing;
  }

  async function sound(performance: Performance, voiceNumber: number): Promise<void> {
    const { stage, signal } = performance;
    const { sampleRate } = stage.output.context;
    let announced = false;
    let read = 0;
    for (let done = false; !done;) {
      const piece = await stage.workers.media().readSound(voiceNumber, PIECE_SECONDS, sampleRate);
      done = piece.ended;
      read += (piece.planes[0]?.length ?? 0) / sampleRate;
      await horizon.reaches(read);
      playback ??= await begin(performance);
      throwIfCancelled(signal);
      playback.add(piece.planes);
      performance.moved();
      if (!announced) performance.announce(Math.max(0, -playback.positionSeconds()) * 1000);
      announced = true;
      await playback.fewerThan(WAITING_PIECES);
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
      const { workers } = stage;
      const file = await voice;
      throwIfCancelled(signal);
      // At once where it runs; anew where its worker died.
      const starting = workers.startInference(stage.backend);
      starting.catch(() => undefined);
      const open = await workers.media().openVoice(file, stage.maxSeconds, signal);
      const warnings = [...open.warnings];
      let latest: AnalysedSoFar | null = null;
      const forget = stage.onComeback(() => {
        if (latest) void stage.setMouth(stage.number, latest).catch(() => undefined);
      });
      try {
        await starting;
        const analysis = analyseGrowing(
          workers,
          open,
          signal,
          async (analysed) => {
            latest = analysed;
            await stage.setMouth(stage.number, analysed);
            if (analysed.complete) warnings.push(...analysed.warnings);
            horizon.extend(analysed.horizonSeconds);
          },
          stage.backend,
        );
        await Promise.race([aborted(signal), Promise.all([analysis, sound(performance, open.voice)])]);
      } finally {
        forget();
        void workers
          .media()
          .closeVoice(open.voice)
          .catch(() => undefined);
      }
      return { durationSeconds: open.durationSeconds, warnings };
    },
    silence: () => playback?.stop(),
  };
}
