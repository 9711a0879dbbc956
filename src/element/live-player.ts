import type { LipSync, LiveSession } from "../engine/lip-sync.ts";
import { required, type ElementFormState } from "./element-request.ts";

/** The live portrait of an element: opened when it is first needed, closed when its picture or style changes. */
export class LivePlayer {
  /** The canvas of the open portrait; null while there is none. */
  canvas: HTMLCanvasElement | null = null;
  #session: Promise<LiveSession> | null = null;
  #closing = new AbortController();

  constructor(
    private readonly loadEngine: () => Promise<LipSync>,
    private readonly onBlocked: (blocked: boolean) => void,
    private readonly onChange: () => void,
  ) {}

  /** Whether the portrait was asked for. */
  get asked(): boolean {
    return this.#session !== null;
  }

  /**
   * The open portrait of the element's picture.
   * @throws EngineError as `LipSync.live`; the next call tries again.
   */
  open(form: ElementFormState): Promise<LiveSession> {
    if (!this.#session) {
      const session = this.#start(form);
      this.#session = session;
      session.catch(() => {
        if (this.#session === session) this.#session = null;
      });
    }
    return this.#session;
  }

  /** Silences it and forgets the portrait. */
  close(): void {
    this.#closing.abort();
    this.#closing = new AbortController();
    void this.#session?.then((session) => session.dispose()).catch(() => undefined);
    this.#session = null;
    this.canvas = null;
  }

  /** Silences it; the face stays. */
  stop(): void {
    void this.#session?.then((session) => session.stop()).catch(() => undefined);
  }

  async #start(form: ElementFormState): Promise<LiveSession> {
    const { signal } = this.#closing;
    const image = await required(form.image, "image");
    const lipSync = await this.loadEngine();
    const session = await lipSync.live(
      {
        image,
        ...(form.maskImage ? { maskImage: form.maskImage } : {}),
        ...(form.resolution ? { resolution: form.resolution } : {}),
        ...(form.prompt ? { prompt: form.prompt } : {}),
        ...(form.seed === null ? {} : { seed: form.seed }),
      },
      { signal, onBlocked: this.onBlocked, ...(form.backend ? { backend: form.backend } : {}) },
    );
    if (signal.aborted) session.dispose();
    else {
      const { canvas } = session;
      canvas.part.add("canvas");
      canvas.className = "on";
      canvas.setAttribute("aria-hidden", "true");
      this.canvas = canvas;
      this.onChange();
    }
    return session;
  }
}

/** Calls `then` once when `element` comes into sight, unless `signal` is aborted before. */
export function whenSeen(element: Element, signal: AbortSignal, then: () => void): void {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    then();
  });
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect(), { once: true });
}
