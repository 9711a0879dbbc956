import { EngineError, throwIfCancelled, toEngineError } from "../../job/errors.ts";
import { disposable } from "../../core/disposal.ts";
import { outputSize } from "../../core/image.ts";
import { chooseSpeakers } from "../../pipeline/plan/choose-speakers.ts";
import { JOB_DEFAULTS } from "../../job/job-spec.ts";
import { parsePrompt } from "../../job/prompt-style.ts";
import { proxy, transfer } from "../../worker-rpc/rpc.ts";
import { drawSeed } from "../draw-seed.ts";
import { decodeMask } from "../job-start.ts";
import type { AnalysedSoFar } from "./live-analysis.ts";
import { createPresenter, type Presenter } from "./live-presenter.ts";
import { openOutput, type LiveOutput } from "./live-sound.ts";
import type { LiveFormState, LiveOptions, LiveSession } from "./live-types.ts";
import { startUtterance, type RunningUtterance } from "./live-utterance.ts";
import { voiceBlob } from "./live-voice.ts";
import { watchVisibility } from "./live-visibility.ts";
import { MAX_PIXELS } from "../picture-job.ts";
import type { Workers } from "../workers.ts";

/** The sound device rests after so long without an utterance. */
const REST_AFTER_MS = 5000;
/** Length of the silence that warms up the speech network, as long as the first part of a voice. */
const WARM_UP_SAMPLES = 32_000;

/** A portrait in the render worker. */
export interface OpenPortrait {
  readonly portrait: number;
  readonly width: number;
  readonly height: number;
  readonly warnings: readonly string[];
}

/** Lets a portrait go; one whose worker has died is gone already. */
function closePortrait(workers: Workers, portrait: number): void {
  void workers
    .render()
    .closeLive(portrait)
    .catch(() => undefined);
}

/**
 * Decodes a picture, finds its face and prepares it for drawing.
 * @throws EngineError `input/image…`, `input/mask`, `input/no-face`, `input/face-…`, `model/…`, `device/…`, `job/cancelled`.
 */
export async function openPortrait(
  workers: Workers,
  form: LiveFormState<Blob>,
  seed: number,
  options: LiveOptions,
): Promise<OpenPortrait> {
  const { signal } = options;
  const resolution = form.resolution ?? JOB_DEFAULTS.resolution;
  const starting = workers.startInference(options.backend);
  starting.catch(() => undefined);
  const { style, unknown } = parsePrompt(form.prompt);
  const picture = await workers.media().decodePicture(form.image, MAX_PIXELS[resolution]);
  const mask = await decodeMask(form.maskImage, workers);
  await starting;
  throwIfCancelled(signal);
  const found = await workers.inference(options.backend).analyse(picture.image);
  const chosen = chooseSpeakers(found, 1, mask, picture.image);
  const [speaker] = chosen.speakers;
  throwIfCancelled(signal);
  const silence = new Float32Array(WARM_UP_SAMPLES);
  const ignore = proxy(() => undefined);
  const never = new AbortController().signal;
  const warming = workers
    .inference(options.backend)
    .listen(transfer(silence, [silence.buffer]), never, ignore);
  warming.catch(() => undefined);
  const size = outputSize({ width: picture.sourceWidth, height: picture.sourceHeight }, resolution);
  const { width, height } = size;
  const facts = await workers.render().openLive({
    picture: picture.image,
    width,
    height,
    mask,
    landmarks: speaker!.landmarks,
    bystanders: found.filter((face) => face !== speaker).map((face) => face.landmarks),
    fps: options.fps ?? JOB_DEFAULTS.fps,
    seed,
    style,
  });
  try {
    await warming;
    throwIfCancelled(signal);
  } catch (error) {
    closePortrait(workers, facts.portrait);
    throw error;
  }
  const warnings = [
    ...(unknown.length > 0 ? [`The prompt's words were not understood: ${unknown.join(", ")}.`] : []),
    ...picture.warnings,
    ...chosen.warnings,
    ...(await starting).warnings,
    ...facts.warnings,
  ];
  return { portrait: facts.portrait, width, height, warnings: [...new Set(warnings)] };
}

/**
 * Opens a live portrait; see {@link LiveSession}.
 * @throws EngineError as {@link openPortrait}, and `input/field` for a seed that is no integer.
 */
export async function openLiveSession(
  workers: Workers,
  form: LiveFormState<Blob>,
  options: LiveOptions,
): Promise<LiveSession> {
  const seed = drawSeed(form.seed);
  const fps = options.fps ?? JOB_DEFAULTS.fps;
  const canvas = options.canvas ?? document.createElement("canvas");
  if (options.destination && "startRendering" in options.destination.context) {
    throw new EngineError(
      "input/field",
      "destination belongs to an OfflineAudioContext, which has no clock to speak by; give a node of an AudioContext.",
    );
  }
  let opened = await openPortrait(workers, form, seed, options);
  canvas.width = opened.width;
  canvas.height = opened.height;
  let presenter: Presenter | null = null;
  let output: LiveOutput | null = null;
  let current: RunningUtterance[] = [];
  let speaking = 0;
  let spoken = 0;
  const closing = new AbortController();
  let resting: ReturnType<typeof setTimeout> | undefined;
  let reopening: Promise<Presenter> | null = null;
  const sight = watchVisibility(canvas, () => adjust());

  function adjust(): void {
    presenter?.setVisible(sight.visible);
    presenter?.setIdle((options.idle ?? true) && !sight.reducedMotion);
  }

  function present(): Presenter {
    const { portrait } = opened;
    presenter = createPresenter({
      canvas,
      fps,
      draw: (instant) => workers.render().drawLive(portrait, instant),
      // The next utterance opens the portrait again; the present one is heard, and its face stands still.
      onFailed: () => (presenter = null),
    });
    adjust();
    return presenter;
  }

  async function reopen(): Promise<Presenter> {
    throwIfCancelled(closing.signal);
    const before = opened.portrait;
    // The caller's signal was for the opening.
    opened = await openPortrait(workers, form, seed, { ...options, signal: closing.signal });
    closePortrait(workers, before);
    return present();
  }

  /** The presenter; the portrait is opened again where the worker that held it died. */
  function ready(): Promise<Presenter> {
    if (presenter) return Promise.resolve(presenter);
    reopening ??= reopen().finally(() => (reopening = null));
    return reopening;
  }

  async function setMouth(utterance: number, { track, seconds }: AnalysedSoFar): Promise<void> {
    await ready();
    const give = () => workers.render().setLiveMouth(opened.portrait, utterance, { track, seconds });
    try {
      await give();
    } catch (error) {
      if (toEngineError(error).code !== "device/lost") throw error;
      presenter?.dispose();
      presenter = null;
      await ready();
      await give();
    }
  }

  function rest(): void {
    clearTimeout(resting);
    resting = setTimeout(() => output?.rest(), REST_AFTER_MS);
  }

  present();
  const dispose = () => {
    if (closing.signal.aborted) return;
    stop();
    closing.abort();
    clearTimeout(resting);
    sight.close();
    presenter?.dispose();
    presenter = null;
    output?.close();
    closePortrait(workers, opened.portrait);
  };
  const stop = () => {
    for (const utterance of current) utterance.end("stopped");
  };
  const session = {
    canvas,
    width: opened.width,
    height: opened.height,
    seed,
    warnings: opened.warnings,
    get speaking() {
      return speaking > 0;
    },
    speak(voice, { signal, queue = false } = {}) {
      if (closing.signal.aborted)
        throw new EngineError("input/field", "This live session was disposed of; open another one.");
      clearTimeout(resting);
      output ??= openOutput(options.destination);
      if (!queue) for (const other of current) other.end("interrupted");
      const before = queue ? current.map(({ over }) => over) : [];
      let counted = false;
      const number = ++spoken;
      const utterance = startUtterance(
        voiceBlob(voice),
        {
          workers,
          output,
          backend: options.backend,
          fps,
          number,
          maxSeconds: options.maxSeconds ?? JOB_DEFAULTS.maxSeconds,
          presenter: ready,
          setMouth,
          onBlocked: options.onBlocked ?? (() => undefined),
          turn: Promise.all(before).then(() => undefined),
          onStart() {
            counted = true;
            speaking++;
          },
        },
        signal,
      );
      current.push(utterance);
      void utterance.over.then(() => {
        if (counted) speaking--;
        current = current.filter((other) => other !== utterance);
        if (current.length === 0) rest();
      });
      utterance.then(undefined, (error: unknown) => {
        const failure = toEngineError(error);
        // A lost device takes its worker along; a sound device has none. Other failures may be those of a job that has taken the workers down.
        if (failure.code === "device/lost" || failure.code === "device/memory")
          workers.recover(failure, options.backend);
      });
      return utterance;
    },
    stop,
    dispose,
  } satisfies Omit<LiveSession, keyof (Disposable & AsyncDisposable)>;
  return disposable(session, dispose, () => Promise.all(current.map(({ over }) => over)));
}
