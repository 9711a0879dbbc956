import { throwIfCancelled } from "../../job/errors.ts";
import type { Backend } from "../../job/job.ts";
import type { Warning } from "../../job/warnings.ts";
import type { LiveMouth, OpenVoice } from "../../worker-rpc/live-api.ts";
import { proxy, transfer } from "../../worker-rpc/rpc.ts";
import type { Workers } from "../workers/workers.ts";

/** A mouth that grows while a voice is analysed. */
export interface AnalysedSoFar extends LiveMouth {
  /** The mouth is final up to here as far as the voice's next sounds decide it, in seconds. */
  readonly horizonSeconds: number;
  readonly complete: boolean;
  /** What there is to say of the voice so far. */
  readonly warnings: readonly Warning[];
}

const SPEECH_RATE_HZ = 16_000;
/** The first part that is analysed: long enough to know a voice's loudness, short enough to begin at once. */
const FIRST_SECONDS = 2;
/** A voice of up to this length is analysed as a whole at once. */
const WHOLE_SECONDS = 4;
/** Each part is so many times as long as the one before; it begins anew, for the whole decides what is loud. */
const GROWTH = 4;
/** Sounds that are not yet analysed change the mouth for so long before them: coarticulation and smoothing. */
const CONTEXT_SECONDS = 0.5;

/** Samples that are appended piece by piece. */
class Samples {
  private data: Float32Array<ArrayBuffer>;
  length = 0;

  constructor(expected: number) {
    this.data = new Float32Array(expected);
  }

  add(samples: Float32Array): void {
    if (this.length + samples.length > this.data.length) {
      const larger = new Float32Array(Math.ceil((this.length + samples.length) * 1.25));
      larger.set(this.data.subarray(0, this.length));
      this.data = larger;
    }
    this.data.set(samples, this.length);
    this.length += samples.length;
  }

  copy(): Float32Array<ArrayBuffer> {
    return this.data.slice(0, this.length);
  }
}

/**
 * Analyses ever longer beginnings of a voice: 2 s, 8 s, 32 s… and at last the whole, which gives exactly the
 * mouth of the video; a third more work than analysing once. Decodes the next part meanwhile.
 * @param onMouth gets each mouth; the next part waits for it.
 * @param backend that the networks were started on.
 * @throws EngineError `codec/failed`, `device/…`, `job/cancelled`.
 */
export async function analyseGrowing(
  workers: Workers,
  { voice, durationSeconds }: OpenVoice,
  signal: AbortSignal,
  onMouth: (analysed: AnalysedSoFar) => Promise<void>,
  backend: Backend | undefined,
): Promise<void> {
  const samples = new Samples(Math.ceil((durationSeconds + 1) * SPEECH_RATE_HZ));
  const read = async (seconds: number): Promise<boolean> => {
    const { planes, ended } = await workers.media().readSpeech(voice, seconds);
    if (planes[0]) samples.add(planes[0]);
    return ended;
  };
  const ignore = proxy(() => undefined);
  let wanted = durationSeconds <= WHOLE_SECONDS ? WHOLE_SECONDS : FIRST_SECONDS;
  let ended = await read(wanted);
  for (;;) {
    throwIfCancelled(signal);
    const pcm = samples.copy();
    const seconds = pcm.length / SPEECH_RATE_HZ;
    const complete = ended;
    const more = wanted * (GROWTH - 1);
    const reading = complete ? null : read(more);
    reading?.catch(() => undefined);
    const track = await workers.inference(backend).mouthOf(transfer(pcm, [pcm.buffer]), signal, ignore);
    throwIfCancelled(signal);
    await onMouth({
      track,
      seconds: complete ? durationSeconds : seconds,
      horizonSeconds: complete ? Infinity : Math.max(0, seconds - CONTEXT_SECONDS),
      complete,
      warnings: track.warnings,
    });
    if (!reading) return;
    ended = await reading;
    wanted *= GROWTH;
  }
}
