import { FfmpegCore, inputPath } from "../../src/media/ffmpeg/ffmpeg.ts";
import { openAudio } from "../../src/media/audio/open-audio.ts";
import { createRuntime } from "../../src/inference/runtime.ts";
import { SPEECH_RATE_HZ } from "../../src/speech/features/log-mel.ts";
import { createSpeechModel } from "../../src/speech/model/speech-model.ts";
import type { ClipLabels } from "./speech/labels.ts";
import { speechReport } from "./speech/report.ts";
import { evaluateSpeech, type Codec } from "./speech/run.ts";
import { analyseWhileSpoken } from "./speech/streamed.ts";
import type { EvalSection } from "./section.ts";

const FIXTURES = "tests/eval/speech";
const LABELS = Object.entries(
  import.meta.glob<ClipLabels>(["../../tests/eval/speech/*.json", "../../models/speech/labels/*.json"], {
    import: "default",
    eager: true,
  }),
).map(([path, labels]) => ({ labels, ours: path.includes(FIXTURES) }));

const CODECS: Record<Codec, { codec: string; bitRate: string; file: string }> = {
  "opus-12k": { codec: "libopus", bitRate: "12k", file: "coded.ogg" },
  "mp3-32k": { codec: "libmp3lame", bitRate: "32k", file: "coded.mp3" },
};

async function decode(file: Blob): Promise<Float32Array> {
  const source = await openAudio(file);
  try {
    return await source.mono16k();
  } finally {
    source.dispose();
  }
}

/** Sends recordings through codecs. */
class Transcoder {
  private core: FfmpegCore | undefined;

  async transcode(pcm: Float32Array, codec: Codec): Promise<Float32Array> {
    this.core ??= await FfmpegCore.start();
    const { codec: encoder, bitRate, file } = CODECS[codec];
    const input = { name: "speech.f32", data: new Uint8Array(pcm.slice().buffer) };
    const raw = ["-f", "f32le", "-ar", String(SPEECH_RATE_HZ), "-ac", "1"];
    const args = [...raw, "-i", inputPath(input), "-c:a", encoder, "-b:a", bitRate, `/${file}`];
    const { exitCode, files, log } = await this.core.run({ args, inputs: [input], outputs: [`/${file}`] });
    const coded = files[`/${file}`];
    if (exitCode !== 0 || coded === undefined) throw new Error(`ffmpeg: ${log.slice(-3).join(" ")}`);
    return (await decode(new Blob([coded]))).subarray(0, pcm.length);
  }

  end(): void {
    this.core?.terminate();
  }
}

/** How well the speech model reads lips from sound: exact truth on held-out synthesis, aligned real voices. */
export const SPEECH_SECTION: EvalSection = {
  name: "speech",
  title: "Speech to mouth",
  async run(context) {
    // One thread of wasm: the speed that the slowest machine has.
    const runtime = await createRuntime({ backend: "wasm", threads: 1 });
    const transcoder = new Transcoder();
    try {
      const model = await createSpeechModel(runtime);
      const result = await evaluateSpeech({
        model,
        whileSpoken: (pcm, latency) => analyseWhileSpoken(model, pcm, latency),
        clips: LABELS.map(({ labels }) => labels),
        loadClip: async ({ clip, file }) => {
          const ours = LABELS.some((entry) => entry.ours && entry.labels.clip === clip);
          const found = ours
            ? await context.file(`${FIXTURES}/${file}`)
            : await context.media(`audio/${file}`);
          return found && decode(found);
        },
        transcode: (pcm, codec) => transcoder.transcode(pcm, codec),
        onProgress: context.onProgress,
      });
      return { json: result, markdown: speechReport(result) };
    } finally {
      transcoder.end();
      await runtime.dispose();
    }
  },
};
