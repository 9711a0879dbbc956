/** Frames that go out as a video track. */
export interface FrameCapture {
  /** Whether anybody takes them still. */
  readonly open: boolean;
  /** Writes a copy of a frame that is shown now, unless it comes too soon or the last ones are not taken yet. */
  add(bitmap: ImageBitmap): void;
  /** Ends it, but leaves the stream to go on with. */
  release(): readonly [frames: WritableStream<VideoFrame>, fps: number];
  close(): void;
}

/** A frame may come this much before its time, as a share of the time between two: one that was late does not cost the next. */
const EARLY = 0.3;

/** Starts to write frames into a track's stream, at most so many a second. */
export function createFrameCapture(frames: WritableStream<VideoFrame>, fps: number): FrameCapture {
  const writer = frames.getWriter();
  let open = true;
  const periodMs = 1000 / fps;
  let dueMs = -Infinity;
  writer.closed.then(
    () => (open = false),
    () => (open = false),
  );
  return {
    get open() {
      return open;
    },
    add(bitmap) {
      const now = performance.now();
      if (!open || now < dueMs - EARLY * periodMs) return;
      if ((writer.desiredSize ?? 0) <= 0) return;
      dueMs = Math.max(dueMs, now - periodMs) + periodMs;
      const timestamp = Math.round((performance.timeOrigin + now) * 1000);
      const frame = new VideoFrame(bitmap, { timestamp });
      writer.write(frame).catch(() => frame.close());
    },
    release() {
      open = false;
      writer.releaseLock();
      return [frames, fps];
    },
    close() {
      open = false;
      void writer.close().catch(() => undefined);
    },
  };
}
