import { EngineError } from "../../job/errors.ts";
import { createPresenter, type Presenter, type ShownSpeech } from "../../pipeline/live/presenter.ts";
import type { FromView, SpeechClock, ToView } from "../../worker-rpc/live-view-api.ts";
import { transfer } from "../../worker-rpc/rpc.ts";
import type { Workers } from "../workers/workers.ts";

/** A voice as a face follows it. */
export interface FollowedSpeech extends ShownSpeech {
  /** It goes no further than this without a message, in seconds. */
  untilSeconds(): number;
  /** Whether it goes on. */
  running(): boolean;
}

/** A face on a canvas, whichever thread shows it. */
export interface Face {
  /** Follows a voice; null goes back to idle motion. */
  speech: FollowedSpeech | null;
  /** The worker that drew it has died: {@link Face.connect} brings it back. */
  readonly lost: boolean;
  /** The voice got further, or stands elsewhere than it was going to. */
  moved(): void;
  setVisible(visible: boolean): void;
  setIdle(alive: boolean): void;
  /** Writes what is shown as video frames. */
  capture(frames: WritableStream<VideoFrame>, fps: number): void;
  /** Has it drawn by an open portrait. */
  connect(portrait: number): Promise<void>;
  dispose(): void;
}

/** What {@link openFace} needs. */
export interface FaceOptions {
  readonly workers: Workers;
  readonly canvas: HTMLCanvasElement;
  readonly fps: number;
  /** Whether the canvas was made by the session, so that another thread may have it. */
  readonly own: boolean;
  /** The worker that draws has died; see {@link Face.lost}. */
  readonly onLost: () => void;
}

/** Where the voice stands is told to the other thread so often. */
const CLOCK_MS = 50;

/** A face that the page shows: on a caller's canvas, and in browsers whose workers show none. */
function onPage({ workers, canvas, fps, onLost }: FaceOptions): Face {
  let presenter: Presenter | null = null;
  let lost = false;
  let speech: FollowedSpeech | null = null;
  let [visible, alive] = [false, true];
  return {
    get speech() {
      return speech;
    },
    set speech(next) {
      speech = next;
      if (presenter) presenter.speech = next;
    },
    get lost() {
      return lost;
    },
    moved: () => undefined,
    setVisible(now) {
      visible = now;
      presenter?.setVisible(now);
    },
    setIdle(now) {
      alive = now;
      presenter?.setIdle(now);
    },
    capture: (frames, rate) => presenter?.capture(frames, rate),
    async connect(portrait) {
      const captures = presenter?.release() ?? [];
      const next = createPresenter({
        canvas,
        surface: canvas.getContext("bitmaprenderer")!,
        fps,
        draw: (instant) => workers.render().drawLive(portrait, instant),
        onFailed() {
          lost = true;
          onLost();
        },
      });
      lost = false;
      presenter = next;
      for (const [frames, rate] of captures) next.capture(frames, rate);
      next.setIdle(alive);
      next.setVisible(visible);
      next.speech = speech;
    },
    dispose: () => presenter?.dispose(),
  };
}

let views = 0;

/** A face that a worker shows, so that a busy page does not hold it up. */
function inWorker({ workers, fps, onLost }: FaceOptions, offscreen: OffscreenCanvas): Face {
  const { port1: control, port2 } = new MessageChannel();
  const opening = workers
    .view()
    .openView(++views, transfer(offscreen, [offscreen]), fps, transfer(port2, [port2]));
  opening.catch(() => undefined);
  let lost = false;
  let speech: FollowedSpeech | null = null;
  let timer: ReturnType<typeof setInterval> | undefined;
  const tell = (message: ToView, given: Transferable[] = []) => control.postMessage(message, given);
  const clock = (): SpeechClock | null =>
    speech && {
      utterance: speech.utterance,
      justInTime: speech.justInTime,
      epochMs: performance.timeOrigin + performance.now(),
      position: speech.positionSeconds(),
      running: speech.running(),
      until: speech.untilSeconds(),
    };
  control.onmessage = ({ data }: MessageEvent<FromView>) => {
    if (data.kind === "failed") {
      lost = true;
      onLost();
    } else if (speech?.utterance === data.utterance) speech.onFrame(data.frame, data.heard);
  };
  return {
    get speech() {
      return speech;
    },
    set speech(next) {
      speech = next;
      clearInterval(timer);
      if (next) timer = setInterval(() => tell({ kind: "speech", clock: clock() }), CLOCK_MS);
      tell({ kind: "speech", clock: clock() });
    },
    get lost() {
      return lost;
    },
    moved: () => tell({ kind: "speech", clock: clock() }),
    setVisible: (visible) => tell({ kind: "visible", visible }),
    setIdle: (alive) => tell({ kind: "alive", alive }),
    capture: (frames, rate) => tell({ kind: "capture", frames, fps: rate }, [frames]),
    async connect(portrait) {
      const { port1, port2: renderer } = new MessageChannel();
      await workers.render().connectLiveView(portrait, transfer(port1, [port1]));
      await opening;
      lost = false;
      tell({ kind: "renderer", renderer }, [renderer]);
    },
    dispose() {
      clearInterval(timer);
      tell({ kind: "dispose" });
      control.onmessage = null;
    },
  };
}

/**
 * Opens a face; {@link Face.connect} has it drawn.
 * @throws EngineError `input/field` for a canvas that is drawn on by something else.
 */
export function openFace(options: FaceOptions): Face {
  const { canvas, own } = options;
  if (own && "transferControlToOffscreen" in canvas) {
    return inWorker(options, canvas.transferControlToOffscreen());
  }
  if (!canvas.getContext("bitmaprenderer")) {
    throw new EngineError(
      "input/field",
      "The canvas has a context already; give one that nothing draws on.",
      {
        details: { field: "canvas" },
      },
    );
  }
  return onPage(options);
}
