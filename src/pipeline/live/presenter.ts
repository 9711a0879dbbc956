import type { LiveInstant } from "../../worker-rpc/live-api.ts";
import { createFrameCapture, type FrameCapture } from "./frame-capture.ts";

/** An utterance as the presenter sees it. */
export interface ShownSpeech {
  readonly utterance: number;
  /** Its mouth becomes known shortly before it is heard: frames are drawn as late as can be. */
  readonly justInTime: boolean;
  /** The second of the voice that is heard now; negative before its start. */
  positionSeconds(): number;
  /** A frame was shown: its number and the second of the voice that was heard at that moment. */
  onFrame(frame: number, heardSeconds: number): void;
}

/** Shows the face on a canvas: the frame of the sound that is heard, and idle motion between utterances. */
export interface Presenter {
  /** Follows an utterance; null goes back to idle motion. */
  speech: ShownSpeech | null;
  /** Whether anybody can see the canvas; nothing is drawn otherwise. */
  setVisible(visible: boolean): void;
  /** Whether the face moves between utterances. */
  setIdle(alive: boolean): void;
  /** Writes what is shown as video frames, also where nobody sees the canvas, until the stream is closed. */
  capture(frames: WritableStream<VideoFrame>, fps: number): void;
  /** Disposes of it, but leaves the captures open; these, to go on with. */
  release(): readonly (readonly [frames: WritableStream<VideoFrame>, fps: number])[];
  dispose(): void;
}

/** What {@link createPresenter} needs. */
export interface PresenterOptions {
  /** The canvas, whose size becomes the frames'. */
  readonly canvas: { width: number; height: number };
  /** Its only context. */
  readonly surface: ImageBitmapRenderingContext;
  readonly fps: number;
  /** Draws an instant in another thread. */
  readonly draw: (instant: LiveInstant) => Promise<ImageBitmap>;
  /** A frame could not be drawn; the presenter has stopped. */
  readonly onFailed: () => void;
}

/** Between utterances the face is drawn so many times a second: a blink lasts 285 ms. */
const IDLE_FPS = 12.5;
/** A face that stands still is captured so often: streams need frames. */
const STILL_MS = 1000;
/** While a voice is followed its clock is looked at at least so often: it may have paused, or moved on. */
const LONGEST_WAIT_MS = 20;
/** Time in which a face that has spoken comes to rest, also where it does not move between utterances. */
const SETTLING_MS = 1000;
/** Pause between the frames of that time: a mouth that was just silenced shuts at once. */
const SETTLING_WAIT_MS = 20;
/** A frame that is later than this is skipped: people notice lips that follow the sound by more. */
const LATEST_SECONDS = 0.1;
/** How long before its time a frame is ready that is drawn as late as can be, in seconds, where drawing takes as usual. */
const LATE_ENOUGH_SECONDS = 0.02;
/** A frame that would be ready by so much after its time is drawn all the same, in seconds: later than the next it is not. */
const TOLERATED_SECONDS = 0.03;
/** By what share the expected time of drawing is drawn to the last one: a machine that slows down is believed at once. */
const SLOWER = 0.6;
const FASTER = 0.1;
/** Frames that are drawn ahead of their time at most. */
const AHEAD = 2;

/**
 * Starts to show a face. Frames of speech are drawn ahead, each for its own time, and shown by the clock of the
 * sound; one whose time has passed is skipped, so that drawing never delays them.
 */
export function createPresenter({ canvas, surface, fps, draw, onFailed }: PresenterOptions): Presenter {
  let captures: FrameCapture[] = [];
  const opened = performance.now();
  let visible = false;
  let alive = true;
  let disposed = false;
  let speech: ShownSpeech | null = null;
  let ticket = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let idleDrawing = false;
  let drawing = 0;
  let requested = -1;
  let settledAt = 0;
  let drawSeconds = 0;
  const ready: { readonly frame: number; readonly bitmap: ImageBitmap }[] = [];

  const clock = () => (performance.now() - opened) / 1000;

  function drop(): void {
    for (const { bitmap } of ready.splice(0)) bitmap.close();
  }

  const capturing = () => captures.length > 0;

  function show(bitmap: ImageBitmap): void {
    captures = captures.filter((capture) => capture.open);
    for (const capture of captures) capture.add(bitmap);
    if (!visible) {
      bitmap.close();
      return;
    }
    if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
    }
    surface.transferFromImageBitmap(bitmap);
  }

  async function drawn(instant: LiveInstant): Promise<ImageBitmap | null> {
    const mine = ticket;
    try {
      const bitmap = await draw(instant);
      if (mine === ticket && !disposed) return bitmap;
      bitmap.close();
    } catch {
      if (mine === ticket && !disposed) {
        disposed = true;
        turn();
        onFailed();
      }
    }
    return null;
  }

  async function drawIdle(): Promise<void> {
    if (idleDrawing) return;
    idleDrawing = true;
    const bitmap = await drawn({ clockSeconds: clock(), speech: null });
    idleDrawing = false;
    if (bitmap) show(bitmap);
    schedule();
  }

  async function drawFrame(current: ShownSpeech, frame: number, delay: number): Promise<void> {
    requested = frame;
    drawing++;
    const started = performance.now();
    const mine = ticket;
    const bitmap = await drawn({
      clockSeconds: clock() + delay,
      speech: { utterance: current.utterance, frame },
    });
    if (mine !== ticket) return;
    drawing--;
    const took = (performance.now() - started) / 1000;
    drawSeconds += (took > drawSeconds ? SLOWER : FASTER) * (took - drawSeconds);
    if (!bitmap) return;
    ready.push({ frame, bitmap });
    schedule();
  }

  /** Shows what is due and has the next frames drawn; milliseconds until there is something to do again. */
  function follow(current: ShownSpeech): number {
    const heard = current.positionSeconds();
    const due = Math.floor(heard * fps + 1e-6);
    let latest: (typeof ready)[number] | undefined;
    while (ready[0] && ready[0].frame <= due) {
      latest?.bitmap.close();
      latest = ready.shift();
    }
    if (latest && heard - latest.frame / fps <= LATEST_SECONDS) {
      show(latest.bitmap);
      current.onFrame(latest.frame, heard);
    } else latest?.bitmap.close();
    let wait = ready[0] ? ready[0].frame / fps - heard : Infinity;
    while (drawing + ready.length < AHEAD) {
      // The first frame that can still be about in time.
      const soonest = heard < 0 ? 0 : Math.floor((heard + drawSeconds - TOLERATED_SECONDS) * fps) + 1;
      const frame = Math.max(requested + 1, soonest);
      const delay = Number.isFinite(heard) ? frame / fps - heard : 0;
      const early = delay - drawSeconds - LATE_ENOUGH_SECONDS;
      if (current.justInTime && early > 0) {
        wait = Math.min(wait, early);
        break;
      }
      void drawFrame(current, frame, delay);
    }
    return Math.min(LONGEST_WAIT_MS, Math.max(0, Math.ceil(1000 * wait)));
  }

  function schedule(): void {
    clearTimeout(timer);
    if (disposed || !(visible || capturing())) return;
    if (speech) timer = setTimeout(schedule, follow(speech));
    else if ((alive || performance.now() < settledAt || capturing()) && !idleDrawing) {
      const wait = performance.now() < settledAt ? SETTLING_WAIT_MS : alive ? 1000 / IDLE_FPS : STILL_MS;
      timer = setTimeout(() => void drawIdle(), wait);
    }
  }

  /** Forgets all that is being drawn, for something else is to be shown. */
  function turn(): void {
    ticket++;
    drop();
    [drawing, requested] = [0, -1];
    schedule();
  }

  return {
    get speech() {
      return speech;
    },
    set speech(next) {
      speech = next;
      if (!next) settledAt = performance.now() + SETTLING_MS;
      turn();
      if (!next && !disposed && (visible || capturing())) void drawIdle();
    },
    setVisible(now) {
      if (now === visible) return;
      visible = now;
      turn();
      if (now && !speech && !disposed) void drawIdle();
    },
    setIdle(now) {
      alive = now;
      schedule();
    },
    capture(frames, rate) {
      captures.push(createFrameCapture(frames, rate));
      schedule();
      if (!speech && !disposed) void drawIdle();
    },
    release() {
      disposed = true;
      turn();
      return captures.splice(0).map((capture) => capture.release());
    },
    dispose() {
      disposed = true;
      turn();
      for (const capture of captures.splice(0)) capture.close();
    },
  };
}
