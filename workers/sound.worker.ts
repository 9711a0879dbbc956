import { openAudio, openNativeAudio } from "../src/media/audio/open-audio.ts";
import { throwIfCancelled } from "../src/job/errors.ts";
import { serveSoundtrack } from "../src/pipeline/compose/soundtrack.ts";
import { serve, transfer } from "../src/worker-rpc/rpc.ts";
import type { SoundApi } from "../src/worker-rpc/sound-api.ts";

const api = {
  async decodeVoice(file, maxSeconds, signal, onProgress, onOpened) {
    const audio = await openAudio(file, { maxSeconds, signal });
    try {
      const { durationSeconds, decoder } = audio;
      onOpened?.(durationSeconds);
      const pcm = await audio.mono16k({ signal, onProgress });
      return transfer({ pcm, durationSeconds, decoder, warnings: audio.warnings }, [pcm.buffer]);
    } finally {
      audio.dispose();
    }
  },
  async decodeBeginning(file, seconds, signal) {
    const audio = await openNativeAudio(file).catch(() => undefined);
    try {
      const pcm = await audio?.mono16k({ signal, untilSeconds: seconds });
      return pcm && pcm.length > 0 ? transfer(pcm, [pcm.buffer]) : null;
    } catch {
      // A damaged sound tells nothing; whoever reads the file says what is wrong with it.
      throwIfCancelled(signal);
      return null;
    } finally {
      audio?.dispose();
    }
  },
  serveSoundtrack,
} satisfies SoundApi;

serve(api);
