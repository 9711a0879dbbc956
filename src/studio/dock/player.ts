/** One transport for whatever can be played now: the voice before rendering, the video after. */
export class Player extends EventTarget {
  #media: HTMLMediaElement | null = null;
  #frame = 0;
  #undo: () => void = () => undefined;

  /** Takes over a media element, or none; the old one is paused. */
  attach(media: HTMLMediaElement | null): void {
    if (media === this.#media) return;
    this.#media?.pause();
    this.#undo();
    this.#media = media;
    if (media) {
      const changed = () => this.#changed();
      const events = ["play", "pause", "ended", "seeked", "loadedmetadata", "durationchange", "volumechange"];
      for (const name of events) media.addEventListener(name, changed);
      this.#undo = () => events.forEach((name) => media.removeEventListener(name, changed));
    }
    this.#changed();
  }

  /** The element that is played. */
  get media(): HTMLMediaElement | null {
    return this.#media;
  }

  get playing(): boolean {
    return this.#media !== null && !this.#media.paused && !this.#media.ended;
  }

  /** Seconds from the start. */
  get position(): number {
    return this.#media?.currentTime ?? 0;
  }

  /** Length in seconds; 0 until it is known. */
  get duration(): number {
    const length = this.#media?.duration ?? 0;
    return Number.isFinite(length) ? length : 0;
  }

  /** Plays, or pauses; from the start when it was at the end. */
  toggle(): void {
    const media = this.#media;
    if (!media) return;
    if (this.playing) media.pause();
    else void media.play().catch(() => this.#changed());
  }

  pause(): void {
    this.#media?.pause();
  }

  /** Jumps to a second. */
  seek(seconds: number): void {
    if (!this.#media) return;
    this.#media.currentTime = Math.min(Math.max(0, seconds), this.duration);
    this.#changed();
  }

  #changed(): void {
    cancelAnimationFrame(this.#frame);
    this.dispatchEvent(new Event("change"));
    const tick = () => {
      this.dispatchEvent(new Event("time"));
      if (this.playing) this.#frame = requestAnimationFrame(tick);
    };
    tick();
  }
}
