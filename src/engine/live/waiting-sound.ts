type Plane = Float32Array<ArrayBuffer>;

/** Less than this in store is what always stays behind: its mouth is not known yet. */
const LEAST_SECONDS = 0.05;

/** Sound that has arrived and waits: until its mouth is known, and until it is handed to the browser. */
export class SoundStore {
  private parts: (readonly Plane[])[] = [];
  /** Frames taken out of the first part. */
  private used = 0;
  private added = 0;
  private taken = 0;
  private knownSeconds = 0;
  private guessedSeconds = 0;
  private over = false;
  private wake: () => void = () => undefined;
  private next = new Promise<void>((resolve) => (this.wake = resolve));
  private latest = performance.now();
  private fillingSince = this.latest;

  /** @param sampleRateHz of the sound. */
  constructor(private readonly sampleRateHz: number) {}

  /** Seconds that have arrived in all. */
  get seconds(): number {
    return this.added / this.sampleRateHz;
  }

  /** Seconds whose mouth is known and which were not taken yet. */
  get available(): number {
    return this.untaken(this.knownSeconds);
  }

  /** The same where a mouth counts, too, that little future was heard of. */
  get guessed(): number {
    return this.untaken(this.guessedSeconds);
  }

  /** Whether sound has arrived whose mouth nobody knows. */
  get unheard(): boolean {
    return this.seconds > this.guessedSeconds;
  }

  /** Whether no more will come. */
  get finished(): boolean {
    return this.over;
  }

  /** Seconds since something came. */
  get drySeconds(): number {
    return (performance.now() - this.latest) / 1000;
  }

  /** Seconds since something came when hardly anything was in store. */
  get fillingSeconds(): number {
    return (performance.now() - this.fillingSince) / 1000;
  }

  /** Adds sound, one array a channel. */
  add(planes: readonly Plane[]): void {
    const frames = planes[0]?.length ?? 0;
    if (frames === 0) return;
    this.latest = performance.now();
    if (this.untaken(Infinity) < LEAST_SECONDS) this.fillingSince = this.latest;
    this.parts.push(planes);
    this.added += frames;
    this.change();
  }

  /**
   * The mouth is known up to here.
   * @param guessed second up to which there is a mouth at all.
   */
  extend(seconds: number, guessed = seconds): void {
    this.knownSeconds = Math.max(this.knownSeconds, seconds);
    this.guessedSeconds = Math.max(this.guessedSeconds, guessed);
    this.change();
  }

  /** Nothing more will be added; the mouth of all there is is known, or never will be. */
  finish(): void {
    this.over = true;
    this.extend(Infinity);
  }

  /** Takes out up to so many seconds of what is available, or of what is guessed. */
  take(mostSeconds: number, guessed = false): Plane[] {
    const most = guessed ? this.guessed : this.available;
    let wanted = Math.floor(Math.min(mostSeconds, most) * this.sampleRateHz + 1e-6);
    const channels = this.parts[0]?.length ?? 0;
    const out = Array.from({ length: channels }, () => new Float32Array(wanted));
    let at = 0;
    while (wanted > 0) {
      const part = this.parts[0]!;
      const count = Math.min(wanted, part[0]!.length - this.used);
      out.forEach((plane, i) => plane.set(part[i]!.subarray(this.used, this.used + count), at));
      at += count;
      wanted -= count;
      this.used += count;
      this.taken += count;
      if (this.used === part[0]!.length) {
        this.parts.shift();
        this.used = 0;
      }
    }
    this.change();
    return out;
  }

  /** Fulfilled at the next change. */
  changed(): Promise<void> {
    return this.next;
  }

  /** Waits until less than so many seconds are in store. */
  async below(seconds: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (this.added - this.taken) / this.sampleRateHz >= seconds) await this.changed();
  }

  private untaken(to: number): number {
    return Math.max(0, Math.min(this.seconds, to) - this.taken / this.sampleRateHz);
  }

  private change(): void {
    const { wake } = this;
    this.next = new Promise((resolve) => (this.wake = resolve));
    wake();
  }
}
