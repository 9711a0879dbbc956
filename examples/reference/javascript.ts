// What docs/javascript.md shows, for the type checker; the other folders are pages to start from.
import { capabilities, createLipSync, EngineError, isSupported } from "dudak";

declare const file: File;
declare const voice: File;
declare const canvas: HTMLCanvasElement;
declare const video: HTMLVideoElement;
declare const bar: HTMLProgressElement;
declare function show(...values: readonly unknown[]): void;
declare function showFallback(): void;
declare function draw(envelope: Float32Array): void;
declare function askToCut(seconds: number | undefined): void;
declare function showSaveFilePicker(options: { suggestedName: string }): Promise<FileSystemFileHandle>;

const lipSync = createLipSync();

/** A film, its progress and how it can fail. */
export async function film(): Promise<void> {
  const job = lipSync.image(
    { image: file, audio: "voice.mp3", prompt: "calm", seed: 7 },
    {
      onProgress: ({ stage, progress, secondsLeft }) => {
        show(stage, progress, secondsLeft);
      },
      onPreview(frame) {
        canvas.getContext("2d")!.drawImage(frame, 0, 0);
        frame.close();
      },
      onWarning: ({ code, values, message }) => {
        show(code === "mouth/small" ? values["pixels"] : message);
      },
      signal: AbortSignal.timeout(300_000),
    },
  );
  for await (const { progress } of job) bar.value = progress;
  try {
    const { output, seed, warnings, report } = await job;
    video.src = URL.createObjectURL(output);
    show(seed, warnings, report.frames);
    const gif: Blob = await lipSync.previewGif(output);
    show(gif.size);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    show(error.code, error.details, error.message);
    if (error.code === "input/audio-too-long") askToCut(error.details.limits?.most);
  }
}

/** Into a file that the user chose, and into a stream. */
export async function write(stream: WritableStream<Uint8Array>): Promise<number> {
  const handle = await showSaveFilePicker({ suggestedName: "film.mp4" });
  const { bytes, output } = await lipSync.video({ video: file, audio: voice }, { writeTo: handle });
  const nothing: null = output;
  const { type } = await lipSync.run(
    { model: "lipsync-image", formState: { image: file, audio: voice }, format: "webm" },
    { writeTo: stream },
  );
  show(nothing, type);
  return bytes;
}

/** Before anything is asked for. */
export async function prepare(): Promise<"mp4" | "webm"> {
  if (!isSupported()) showFallback();
  const found = await capabilities();
  show(found.backend, found.backends.wasm.threads, found.decode.hevc.by);
  for (const { code, values } of found.backends.wasm.limitations) {
    if (code === "threads/not-isolated") show(values);
  }
  await lipSync.warmUp({
    onProgress: ({ loadedBytes, totalBytes }) => (bar.value = loadedBytes / totalBytes),
  });
  return found.encode.webm.available ? "webm" : "mp4";
}

/** Looking without making. */
export async function look(): Promise<void> {
  const { width, height, faces } = await lipSync.analysePicture(file);
  const { durationSeconds, aperture, spans } = await lipSync.analyseVoice(voice, {
    onWave: ({ envelope }) => {
      draw(envelope);
    },
  });
  show(width, height, faces[0]?.mouthWidthPx, durationSeconds, aperture?.length, spans?.length);
}

/** Ending with the block. */
export async function briefly(): Promise<void> {
  await using own = createLipSync();
  using live = await own.live({ image: file });
  await live.speak(voice);
}

/** What the types refuse. */
export function mistakes(): void {
  // @ts-expect-error -- a dialogue needs two voices
  lipSync.dialogue({ image: file, leftAudio: voice });
  // @ts-expect-error -- no such resolution
  lipSync.image({ image: file, audio: voice, resolution: "9000p" });
  // @ts-expect-error -- a path is no target
  lipSync.image({ image: file, audio: voice }, { writeTo: "film.mp4" });
  const written = lipSync.image({ image: file, audio: voice }, { writeTo: new WritableStream() });
  // @ts-expect-error -- what was written is not handed out
  void written.then(({ output }) => output.size);
}
