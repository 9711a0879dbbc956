import { EngineError } from "../../job/errors.ts";

/** How long before its time a first piece of sound is handed to the browser, in seconds. */
const LEAD_SECONDS = 0.02;
/** A stopped voice fades out within this time, so that it does not click. */
const FADE_SECONDS = 0.03;
/** Output latencies beyond this are a browser's mistake. */
const LONGEST_LATENCY_SECONDS = 1;

/** A piece of the voice on the context's clock; pieces without a gap share one. */
interface Stretch {
  /** In frames of the context. */
  readonly startFrame: number;
  /** The voice's own time at its start, in seconds. */
  readonly fromSeconds: number;
}

/**
 * The time that is heard now on the context's clock, in seconds: what the output device plays, not what the page
 * hands over.
 */
export function heardTime(context: AudioContext): number {
  const { currentTime } = context;
  const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp?.() ?? {};
  if (contextTime > 0 && performanceTime > 0) {
    const heard = contextTime + (performance.now() - performanceTime) / 1000;
    if (heard <= currentTime + LEAD_SECONDS && heard > currentTime - LONGEST_LATENCY_SECONDS) return heard;
  }
  return currentTime - (context.outputLatency || context.baseLatency || 0);
}

/** One voice being played; its time is the clock that the face follows. */
export class VoicePlayback {
  /** Fulfilled when the last piece after {@link finish} was heard, or after {@link stop}. */
  readonly ended: Promise<void>;
  private readonly gain: GainNode;
  private readonly stretches: Stretch[] = [];
  private readonly sources = new Set<AudioBufferSourceNode>();
  private nextFrame = -1;
  private queuedFrames = 0;
  private latest = -Infinity;
  private finished = false;
  private end!: () => void;
  private waiting: (() => void)[] = [];

  /** @param heard the time on the context's clock that is heard now, in seconds. */
  constructor(
    private readonly context: BaseAudioContext,
    destination: AudioNode,
    private readonly heard: () => number,
  ) {
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.gain = context.createGain();
    this.gain.connect(destination);
  }

  /** Seconds of the voice that were handed over. */
  get queuedSeconds(): number {
    return this.queuedFrames / this.context.sampleRate;
  }

  /** Whether sound is on its way. */
  get started(): boolean {
    return this.stretches.length > 0;
  }

  /** Plays `planes` (at the context's rate) right after what was handed over before; late ones leave a gap. */
  add(planes: readonly Float32Array<ArrayBuffer>[]): void {
    const frames = planes[0]?.length ?? 0;
    if (frames === 0) return;
    const { context } = this;
    const earliest = Math.ceil((context.currentTime + LEAD_SECONDS) * context.sampleRate);
    if (this.nextFrame < earliest - LEAD_SECONDS * context.sampleRate) {
      this.nextFrame = earliest;
      this.stretches.push({ startFrame: earliest, fromSeconds: this.queuedSeconds });
    }
    const buffer = new AudioBuffer({
      length: frames,
      numberOfChannels: planes.length,
      sampleRate: context.sampleRate,
    });
    planes.forEach((plane, channel) => buffer.copyToChannel(plane, channel));
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(this.gain);
    source.addEventListener("ended", () => this.sourceEnded(source));
    source.start(this.nextFrame / context.sampleRate);
    this.sources.add(source);
    this.nextFrame += frames;
    this.queuedFrames += frames;
  }

  /** Waits until fewer than `count` pieces are waiting to be heard. */
  async fewerThan(count: number): Promise<void> {
    while (this.sources.size >= count) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Nothing more will be added. */
  finish(): void {
    this.finished = true;
    if (this.sources.size === 0) this.close();
  }

  /** Silences the voice. */
  stop(): void {
    const { gain, context } = this;
    gain.gain.setTargetAtTime(0, context.currentTime, FADE_SECONDS / 3);
    for (const source of this.sources) source.stop(context.currentTime + FADE_SECONDS);
    this.finished = true;
    this.close();
  }

  /**
   * The second of the voice that is heard now; negative before its start, never falling, and standing still in a
   * gap.
   */
  positionSeconds(): number {
    const first = this.stretches[0];
    if (!first) return -Infinity;
    const now = this.heard();
    const startOf = ({ startFrame }: Stretch) => startFrame / this.context.sampleRate;
    const index = Math.max(
      0,
      this.stretches.findLastIndex((stretch) => startOf(stretch) <= now),
    );
    const stretch = this.stretches[index]!;
    const limit = this.stretches[index + 1]?.fromSeconds ?? this.queuedSeconds;
    const position = Math.min(limit, stretch.fromSeconds + now - startOf(stretch));
    this.latest = Math.max(this.latest, position);
    return this.latest;
  }

  private sourceEnded(source: AudioBufferSourceNode): void {
    source.disconnect();
    this.sources.delete(source);
    for (const resolve of this.waiting.splice(0)) resolve();
    if (this.finished && this.sources.size === 0) this.close();
  }

  private close(): void {
    this.end();
    for (const resolve of this.waiting.splice(0)) resolve();
    if (this.sources.size === 0) this.gain.disconnect();
  }
}

/** Where a session's voices are played. */
export interface LiveOutput {
  readonly context: AudioContext;
  /**
   * Fulfilled when sound can be heard. Browsers allow sound only after the page was clicked or a key was pressed:
   * until then `onBlocked(true)` is called once, and `onBlocked(false)` when the sound begins.
   */
  running(signal: AbortSignal, onBlocked: (blocked: boolean) => void): Promise<void>;
  /**
   * Until the signal, tells when the sound cannot come to its end: its context was closed, or stands still although
   * nobody waits for a click. `input/field` for a context of the caller's, else `device/unsupported`.
   */
  watch(signal: AbortSignal, fail: (error: EngineError) => void): void;
  /** Starts an empty playback. */
  play(): VoicePlayback;
  /** Lets the device rest until the next {@link LiveOutput.running}. */
  rest(): void;
  close(): void;
}

/** A context that may start does so within this time. */
const ALLOWED_WITHIN_MS = 300;
/** A context that stands still for longer, in a page that is seen, will not go on. */
const PATIENCE_MS = 60_000;
const GESTURES = ["pointerdown", "pointerup", "keydown", "touchend"] as const;

/**
 * Opens the way to the loudspeakers.
 * @param destination an own node to play into, its context then stays the caller's.
 */
export function openOutput(destination?: AudioNode, patienceMs = PATIENCE_MS): LiveOutput {
  const own = !destination;
  const context = (destination?.context as AudioContext | undefined) ?? new AudioContext();
  const isRunning = () => context.state === "running";
  const resume = () => void context.resume().catch(() => undefined);
  return {
    context,
    async running(signal, onBlocked) {
      if (isRunning()) return;
      const waiting = new AbortController();
      const listen = { signal: waiting.signal };
      for (const gesture of GESTURES) {
        document.addEventListener(gesture, resume, { ...listen, capture: true, passive: true });
      }
      let blocked = false;
      const timer = setTimeout(() => {
        blocked = true;
        onBlocked(true);
      }, ALLOWED_WITHIN_MS);
      await new Promise<void>((resolve) => {
        context.addEventListener("statechange", () => isRunning() && resolve(), listen);
        signal.addEventListener("abort", () => resolve(), listen);
        if (signal.aborted) resolve();
        resume();
      });
      clearTimeout(timer);
      waiting.abort();
      if (blocked) onBlocked(false);
    },
    watch(signal, fail) {
      let ran = false;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const silent = (why: string) =>
        fail(
          own
            ? new EngineError(
                "device/unsupported",
                `The browser plays no sound: ${why}. Check the sound device and reload the page.`,
              )
            : new EngineError(
                "input/field",
                `destination cannot be heard: ${why}. Give a node of an AudioContext that runs.`,
              ),
        );
      const look = () => {
        clearTimeout(timer);
        ran ||= isRunning();
        if (signal.aborted || isRunning()) return;
        if (context.state === "closed") silent("its AudioContext was closed");
        else timer = setTimeout(standsStill, patienceMs);
      };
      const standsStill = () => {
        const asksForClick = !ran && !navigator.userActivation?.hasBeenActive;
        if (asksForClick || document.visibilityState !== "visible") look();
        else silent(`its AudioContext has been ${context.state} for ${patienceMs / 1000} s`);
      };
      context.addEventListener("statechange", look, { signal });
      document.addEventListener("visibilitychange", look, { signal });
      signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
      look();
    },
    play: () => new VoicePlayback(context, destination ?? context.destination, () => heardTime(context)),
    rest() {
      if (own && isRunning()) void context.suspend().catch(() => undefined);
    },
    close() {
      if (own) void context.close().catch(() => undefined);
    },
  };
}
