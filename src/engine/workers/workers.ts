import { EngineError } from "../../job/errors.ts";
import type { Backend } from "../../job/job.ts";
import type { BackendReport, InferenceApi, LoadListener } from "../../worker-rpc/inference-api.ts";
import type {
  LiveAnalysisApi,
  LiveRenderApi,
  LiveStreamApi,
  LiveVoiceApi,
} from "../../worker-rpc/live-api.ts";
import type { LiveViewApi } from "../../worker-rpc/live-view-api.ts";
import type { MediaApi } from "../../worker-rpc/media-api.ts";
import type { SoundApi } from "../../worker-rpc/sound-api.ts";
import type { RenderApi } from "../../worker-rpc/render-api.ts";
import type { FaceServingApi, VideoTrackingApi } from "../../worker-rpc/video-api.ts";
import { proxy, connect, noConnection, type RemoteApi, type WorkerConnection } from "../../worker-rpc/rpc.ts";
import { startWorker, type WorkerName } from "../assets.ts";
import { createInferenceWorkers, lazily } from "./inference-workers.ts";

/** The engine's workers, each started when first needed and again after it died. */
export interface Workers {
  /** The networks on a backend, or on the one that the engine chooses; {@link Workers.startInference} comes first. */
  readonly inference: (
    backend: Backend | undefined,
  ) => RemoteApi<InferenceApi & FaceServingApi & LiveAnalysisApi>;
  readonly media: () => RemoteApi<MediaApi & VideoTrackingApi & LiveVoiceApi & LiveStreamApi>;
  readonly sound: () => RemoteApi<SoundApi>;
  readonly render: () => RemoteApi<RenderApi & LiveRenderApi>;
  /** Shows live faces; it lives on when others are dropped, for their canvases cannot be given to another. */
  readonly view: () => RemoteApi<LiveViewApi>;
  /** Starts the networks on a backend, once; those of another one run on. */
  startInference(backend: Backend | undefined, onLoad?: LoadListener): Promise<BackendReport>;
  /** After a failed job: drops the workers that the failure may have left unusable. @param backend as it was asked for. */
  recover(error: EngineError, backend?: Backend): void;
  /** Ends them for good: whatever is called later rejects with `job/cancelled`. */
  dispose(): void;
}

/** Prepares the workers of one engine. */
export function createWorkers(): Workers {
  let disposed = false;

  /** Starts a worker; the bundled way is spelled out by the caller, in the form that bundlers recognise. */
  function start<Api extends object>(
    name: WorkerName,
    label: string,
    bundled: () => Worker,
  ): WorkerConnection<Api> {
    if (disposed)
      return noConnection(
        new EngineError("job/cancelled", "The engine was disposed of; create another one."),
      );
    const { worker, whenMissing } = startWorker(name, bundled);
    return connect<Api>(worker, label, whenMissing);
  }

  const inference = createInferenceWorkers(() =>
    start<InferenceApi & FaceServingApi & LiveAnalysisApi>(
      "inference",
      "inference",
      () =>
        new Worker(new URL("../../../workers/inference.worker.ts", import.meta.url), {
          type: "module",
          name: "dudak-inference",
        }),
    ),
  );
  const media = lazily(() =>
    start<MediaApi & VideoTrackingApi & LiveVoiceApi & LiveStreamApi>(
      "media",
      "media",
      () =>
        new Worker(new URL("../../../workers/media.worker.ts", import.meta.url), {
          type: "module",
          name: "dudak-media",
        }),
    ),
  );
  const sound = lazily(() =>
    start<SoundApi>(
      "sound",
      "sound",
      () =>
        new Worker(new URL("../../../workers/sound.worker.ts", import.meta.url), {
          type: "module",
          name: "dudak-sound",
        }),
    ),
  );
  const render = lazily(() =>
    start<RenderApi & LiveRenderApi>(
      "render",
      "rendering",
      () =>
        new Worker(new URL("../../../workers/render.worker.ts", import.meta.url), {
          type: "module",
          name: "dudak-render",
        }),
    ),
  );
  const view = lazily(() =>
    start<LiveViewApi>(
      "view",
      "view",
      () =>
        new Worker(new URL("../../../workers/view.worker.ts", import.meta.url), {
          type: "module",
          name: "dudak-view",
        }),
    ),
  );
  return {
    inference: inference.api,
    media: media.api,
    sound: sound.api,
    render: render.api,
    view: view.api,
    startInference: (backend, onLoad) => inference.start(backend, onLoad && proxy(onLoad)),
    recover(error, backend) {
      const code = error.code;
      if (code === "device/memory" || code === "internal/bug" || code === "codec/failed") {
        inference.dropAll(error);
        media.drop(error);
        sound.drop(error);
        render.drop(error);
      } else if (code.startsWith("device/") || code.startsWith("model/")) {
        inference.drop(backend, error);
      }
    },
    dispose() {
      disposed = true;
      inference.dropAll();
      media.drop();
      sound.drop();
      render.drop();
      view.drop();
    },
  };
}
