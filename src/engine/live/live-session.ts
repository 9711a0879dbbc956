import { EngineError, throwIfCancelled, toEngineError } from "../../job/errors.ts";
import { disposable } from "../../core/browser/disposal.ts";
import { JOB_DEFAULTS } from "../../job/job-spec.ts";
import { chooseSeed } from "../jobs/choose-seed.ts";
import { createCapturedTrack } from "./capture-picture.ts";
import { openFace, type Face } from "./live-face.ts";
import { openOutput, type LiveOutput } from "./sound-output.ts";
import { speakRecorded } from "./speak-recording.ts";
import { speakStreamed } from "./speak-arriving.ts";
import { followSound } from "./follow-sound.ts";
import { closePortrait, openPortrait } from "./open-portrait.ts";
import { isStreamed } from "./arriving-voice.ts";
import type { FollowedSound, LiveFormState, LiveOptions, LiveSession, SpeakOptions } from "./live-types.ts";
import { transfer } from "../../worker-rpc/rpc.ts";
import { startUtterance, type Performer, type RunningUtterance } from "./utterance.ts";
import { voiceBlob, voiceBytes, type LiveVoice } from "./voice-as-file.ts";
import { watchVisibility } from "./canvas-visibility.ts";
import type { Workers } from "../workers/workers.ts";

/** A face that is lost is brought back by itself so often at most; beyond that the next utterance does it. */
const COMEBACK_MS = 5000;
/** The sound device rests after so long without an utterance. */
const REST_AFTER_MS = 5000;

/** Where the sound of a node goes that is to be followed: to the loudspeakers of its own context. */
function contextOf(sound: FollowedSound): AudioNode | undefined {
  return sound instanceof AudioNode ? sound.context.destination : undefined;
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
  const seed = chooseSeed(form.seed);
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
  const face = openFace({ workers, canvas, fps, own: !options.canvas, onLost: () => void comeBack() });
  let lost = false;
  let output: LiveOutput | null = null;
  let current: RunningUtterance[] = [];
  let speaking = 0;
  let spoken = 0;
  const closing = new AbortController();
  const comebacks = new Set<() => void>();
  let cameBackAt = -Infinity;
  let resting: ReturnType<typeof setTimeout> | undefined;
  let reopening: Promise<Face> | null = null;
  const sight = watchVisibility(canvas, () => adjust());

  function adjust(): void {
    face.setVisible(sight.visible);
    face.setIdle((options.idle ?? true) && !sight.reducedMotion);
  }

  async function reopen(): Promise<Face> {
    throwIfCancelled(closing.signal);
    const before = opened.portrait;
    // The caller's signal was for the opening.
    opened = await openPortrait(workers, form, seed, { ...options, signal: closing.signal });
    closePortrait(workers, before);
    await face.connect(opened.portrait);
    lost = false;
    for (const tell of comebacks) tell();
    return face;
  }

  /** The face; its portrait is opened again where the worker that held it died. */
  function ready(): Promise<Face> {
    if (!lost && !face.lost) return Promise.resolve(face);
    reopening ??= reopen().finally(() => (reopening = null));
    return reopening;
  }

  /** Brings a lost face back, so that what is being followed is seen again. */
  async function comeBack(): Promise<void> {
    if (closing.signal.aborted || performance.now() - cameBackAt < COMEBACK_MS) return;
    cameBackAt = performance.now();
    // Where it fails, the next utterance tries again, and says why.
    await ready().catch(() => undefined);
  }

  /** Gives the portrait something of an utterance; once more where its worker has died. */
  async function toPortrait<Result>(give: () => Promise<Result>): Promise<Result> {
    await ready();
    try {
      return await give();
    } catch (error) {
      if (toEngineError(error).code !== "device/lost") throw error;
      lost = true;
      await ready();
      return give();
    }
  }

  /** Starts an utterance of whatever kind. */
  function start(
    performer: (output: LiveOutput) => Performer,
    context: AudioNode | undefined,
    maxSeconds: number,
    { signal, queue = false, latency = options.latency ?? "quality" }: Omit<SpeakOptions, "format">,
  ): RunningUtterance {
    if (closing.signal.aborted)
      throw new EngineError("input/field", "This live session was disposed of; open another one.");
    clearTimeout(resting);
    output ??= openOutput(context);
    const playing = output;
    if (!queue) for (const other of current) other.end("interrupted");
    const before = queue ? current.map(({ over }) => over) : [];
    let counted = false;
    const number = ++spoken;
    const utterance = startUtterance(
      performer(playing),
      {
        workers,
        output: playing,
        backend: options.backend,
        fps,
        number,
        latency,
        maxSeconds,
        face: ready,
        setMouth: (to, { track, seconds }) =>
          toPortrait(() => workers.render().setLiveMouth(opened.portrait, to, { track, seconds })),
        addMouth: (to, piece) => toPortrait(() => workers.render().addLiveMouth(opened.portrait, to, piece)),
        async connectMouth(to) {
          // A port that went down with its worker cannot be sent again: each try has its own.
          return toPortrait(async () => {
            const { port1, port2 } = new MessageChannel();
            await workers.render().connectLiveMouth(opened.portrait, to, transfer(port2, [port2]));
            return port1;
          });
        },
        onComeback(tell) {
          comebacks.add(tell);
          return () => void comebacks.delete(tell);
        },
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
  }

  function rest(): void {
    clearTimeout(resting);
    resting = setTimeout(() => output?.rest(), REST_AFTER_MS);
  }

  await face.connect(opened.portrait);
  adjust();
  const dispose = () => {
    if (closing.signal.aborted) return;
    stop();
    closing.abort();
    clearTimeout(resting);
    sight.close();
    face.dispose();
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
    speak(voice, { format, ...how } = {}) {
      const streamed = isStreamed(voice) ? voice : format && voiceBytes(voice);
      if (streamed) {
        const performer = () => speakStreamed(streamed, format ?? null);
        return start(performer, options.destination, options.maxSeconds ?? Infinity, how);
      }
      const most = options.maxSeconds ?? JOB_DEFAULTS.maxSeconds;
      return start(() => speakRecorded(voiceBlob(voice as LiveVoice)), options.destination, most, how);
    },
    follow(sound, { audible, ...how } = {}) {
      const context = options.destination ?? contextOf(sound);
      return start(() => followSound(sound, audible), context, Infinity, how);
    },
    captureStream({ fps: rate = fps, audio = true } = {}) {
      if (closing.signal.aborted)
        throw new EngineError("input/field", "This live session was disposed of; open another one.");
      output ??= audio ? openOutput(options.destination) : null;
      const { track, frames } = createCapturedTrack(canvas, rate);
      if (frames) face.capture(frames, rate);
      return new MediaStream(audio && output ? [track, output.track()] : [track]);
    },
    stop,
    dispose,
  } satisfies Omit<LiveSession, keyof (Disposable & AsyncDisposable)>;
  return disposable(session, dispose, () => Promise.all(current.map(({ over }) => over)));
}
