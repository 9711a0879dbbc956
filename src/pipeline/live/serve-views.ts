import type {
  DrawAnswer,
  DrawRequest,
  FromView,
  LiveViewApi,
  SpeechClock,
  ToView,
} from "../../worker-rpc/live-view-api.ts";
import type { LiveInstant } from "../../worker-rpc/live-api.ts";
import { positionOf } from "./heard-position.ts";
import { createPresenter, type Presenter } from "./presenter.ts";

/** A worker that has not answered for so long is gone; browsers that tell so do it at once. */
const ANSWER_MS = 15_000;

/** Asks the worker that draws. */
function createRemoteRenderer() {
  let port: MessagePort | null = null;
  let last = 0;
  const waiting = new Map<number, (bitmap: ImageBitmap | null) => void>();
  // What is owed will not come.
  const give = () => {
    for (const resolve of waiting.values()) resolve(null);
    waiting.clear();
  };
  return {
    connect(next: MessagePort) {
      port?.close();
      give();
      port = next;
      port.addEventListener("close", () => port === next && give());
      port.onmessage = ({ data: { id, bitmap } }: MessageEvent<DrawAnswer>) => {
        const resolve = waiting.get(id);
        waiting.delete(id);
        if (resolve) resolve(bitmap);
        else bitmap?.close();
      };
    },
    async draw(instant: LiveInstant): Promise<ImageBitmap> {
      const id = ++last;
      let patience: ReturnType<typeof setTimeout> | undefined;
      const bitmap = await new Promise<ImageBitmap | null>((resolve) => {
        waiting.set(id, resolve);
        patience = setTimeout(() => {
          waiting.delete(id);
          resolve(null);
        }, ANSWER_MS);
        port?.postMessage({ id, instant } satisfies DrawRequest);
      });
      clearTimeout(patience);
      if (!bitmap) throw new Error("The frame could not be drawn.");
      return bitmap;
    },
  };
}

function openView(canvas: OffscreenCanvas, fps: number, control: MessagePort): void {
  const tell = (message: FromView) => control.postMessage(message);
  const renderer = createRemoteRenderer();
  let presenter: Presenter = present();
  let clock: SpeechClock | null = null;
  let [visible, alive] = [false, true];

  function present(): Presenter {
    return createPresenter({
      canvas,
      surface: canvas.getContext("bitmaprenderer")!,
      fps,
      draw: (instant) => renderer.draw(instant),
      onFailed: () => tell({ kind: "failed" }),
    });
  }

  function follow(next: SpeechClock | null): void {
    const same = clock && next && clock.utterance === next.utterance;
    clock = next;
    if (same) return;
    presenter.speech = next && {
      utterance: next.utterance,
      justInTime: next.justInTime,
      positionSeconds: positionOf(() => clock ?? next),
      onFrame: (frame, heard) => tell({ kind: "frame", utterance: next.utterance, frame, heard }),
    };
  }

  control.onmessage = ({ data }: MessageEvent<ToView>) => {
    switch (data.kind) {
      case "speech":
        return follow(data.clock);
      case "visible":
        visible = data.visible;
        return presenter.setVisible(visible);
      case "alive":
        alive = data.alive;
        return presenter.setIdle(alive);
      case "capture":
        return presenter.capture(data.frames, data.fps);
      case "renderer": {
        renderer.connect(data.renderer);
        // Frames that failed have stopped the last one.
        const captures = presenter.release();
        presenter = present();
        for (const [frames, rate] of captures) presenter.capture(frames, rate);
        presenter.setIdle(alive);
        presenter.setVisible(visible);
        const before = clock;
        clock = null;
        return follow(before);
      }
      case "dispose":
        presenter.dispose();
        control.close();
    }
  };
}

/** The views of a worker; a canvas that was shown before is shown again by its number. */
export function createLiveViews(): LiveViewApi {
  const canvases = new Map<number, OffscreenCanvas>();
  return {
    async openView(id, canvas, fps, control) {
      if (canvas) canvases.set(id, canvas);
      openView(canvases.get(id)!, fps, control);
    },
  };
}
