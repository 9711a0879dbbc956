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

  /** The second at which the voice stands still next, as far as is known: at a gap, or at the end of what was handed over. */
  untilSeconds(): number {
    const now = this.heard();
    const next = this.stretches.findIndex(({ startFrame }) => startFrame / this.context.sampleRate > now);
    return next > 0 ? this.stretches[next]!.fromSeconds : this.queuedSeconds;
  }

  /** Seconds that were handed over and are still to be heard. */
  get aheadSeconds(): number {
    return this.started ? this.queuedSeconds - Math.max(0, this.positionSeconds()) : 0;
  }

  /** Seconds in which the next piece must be handed over, so that there is no gap; negative in one. */
  get slackSeconds(): number {
    return this.started ? this.nextFrame / this.context.sampleRate - this.context.currentTime : 0;
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
