import { createImage } from "../../src/core/image.ts";
import { createRandom } from "../../src/core/random.ts";
import { createRuntime } from "../../src/inference/runtime.ts";
import { openFaceGenerator } from "../../src/lip-models/face-generator.ts";
import { melSpectrogram } from "../../src/lip-models/frames/mel.ts";
import { createModelStore } from "../../src/lip-models/model-store.ts";
import { readyManifest } from "../../src/lip-models/manifest/ready-manifests.ts";

/** What the page asks this worker to measure. */
export interface LipModelBenchOrder {
  /** Where the network's file is served. */
  readonly url: string;
  readonly threads: number;
  readonly batches: readonly number[];
  /** Frames generated for each batch size, after warming up. */
  readonly frames: number;
}

/** What it found. */
export interface LipModelBenchAnswer {
  readonly threads: number;
  readonly modelBytes: number;
  /** Milliseconds to read the file from the model store. */
  readonly readMs: number;
  /** Milliseconds until onnxruntime has opened it. */
  readonly openMs: number;
  /** Milliseconds to compute the mel features of a minute of sound. */
  readonly melMinuteMs: number;
  readonly framesPerSecond: readonly { readonly batch: number; readonly rate: number }[];
}

const FOLDER = "dudak-bench";
const manifest = readyManifest("wav2lip-96");

async function measure({ url, threads, batches, frames }: LipModelBenchOrder): Promise<LipModelBenchAnswer> {
  const store = await createModelStore(FOLDER);
  if ((await store.list()).length === 0) {
    await store.add(await (await fetch(url)).blob(), manifest, { licenceAccepted: true });
  }
  const reading = performance.now();
  const { file } = await store.open(manifest.id);
  const bytes = new Blob([await file.arrayBuffer()]);
  const readMs = performance.now() - reading;
  const runtime = await createRuntime({ backend: "wasm", threads });
  const opening = performance.now();
  const generator = await openFaceGenerator(runtime, bytes, manifest, Math.max(...batches));
  const openMs = performance.now() - opening;

  const random = createRandom(1);
  const pcm = Float32Array.from({ length: 60 * 16_000 }, () => random() - 0.5);
  const listening = performance.now();
  const mel = melSpectrogram(pcm, manifest.audio);
  const melMinuteMs = performance.now() - listening;

  const face = createImage(manifest.size, manifest.size);
  for (let i = 0; i < face.data.length; i++) face.data[i] = random() * 255;
  const framesPerSecond: { batch: number; rate: number }[] = [];
  for (const batch of batches) {
    const orders = Array.from({ length: batch }, (_, i) => ({ face, reference: face, column: i * 3 }));
    await generator.generate(mel, orders);
    const rounds = Math.max(1, Math.ceil(frames / batch));
    const started = performance.now();
    for (let round = 0; round < rounds; round++) await generator.generate(mel, orders);
    framesPerSecond.push({ batch, rate: (rounds * batch * 1000) / (performance.now() - started) });
  }
  await runtime.dispose();
  return { threads: runtime.threads, modelBytes: bytes.size, readMs, openMs, melMinuteMs, framesPerSecond };
}

globalThis.onmessage = async ({ data }: MessageEvent<LipModelBenchOrder>) => {
  try {
    globalThis.postMessage({ answer: await measure(data) });
  } catch (error) {
    globalThis.postMessage({
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
};
