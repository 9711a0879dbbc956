/** Bytes that wait to be read before the giver is asked to wait. */
const ROOM_BYTES = 256 * 1024;

/** Bytes that arrive piece by piece, as a stream for whoever decodes them. */
export class ByteFeed {
  /** The bytes in their order. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  private controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  private kept: Uint8Array<ArrayBuffer>[] | null = [];
  private room: (() => void)[] = [];
  private given = 0;
  private over = false;
  private draining = false;

  constructor() {
    this.stream = new ReadableStream(
      {
        start: (controller) => void (this.controller = controller),
        pull: () => {
          for (const go of this.room.splice(0)) go();
        },
        cancel: () => this.end(),
      },
      { highWaterMark: ROOM_BYTES, size: (bytes) => bytes.length },
    );
  }

  /** Bytes that were given so far. */
  get bytes(): number {
    return this.given;
  }

  /** Everything so far, unless {@link forget} was called. */
  get beginning(): Blob {
    return new Blob(this.kept ?? []);
  }

  /** Gives the next bytes; fulfilled when there is room for more. */
  async push(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.over) return;
    this.given += bytes.length;
    this.kept?.push(bytes);
    if (!this.draining) this.controller.enqueue(bytes);
    while (!this.over && !this.draining && (this.controller.desiredSize ?? 1) <= 0) {
      await new Promise<void>((resolve) => this.room.push(resolve));
    }
  }

  /** There are no more bytes. */
  end(): void {
    if (this.over) return;
    this.over = true;
    for (const go of this.room.splice(0)) go();
    try {
      this.controller.close();
    } catch {
      // Whoever read it has let it go.
    }
  }

  /** Nobody reads the stream any more; {@link beginning} goes on to grow. */
  drain(): void {
    this.draining = true;
    for (const go of this.room.splice(0)) go();
  }

  /** Keeps the bytes no longer than they are read. */
  forget(): void {
    this.kept = null;
  }
}
