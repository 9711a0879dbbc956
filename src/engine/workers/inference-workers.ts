import type { EngineError } from "../../job/errors.ts";
import type { Backend } from "../../job/job.ts";
import type { BackendReport, LoadListener } from "../../worker-rpc/inference-api.ts";
import type { RemoteApi, WorkerConnection } from "../../worker-rpc/rpc.ts";

/** A worker that is started when it is first needed, and again after it died. */
export function lazily<Api extends object>(start: () => WorkerConnection<Api>) {
  let connection: WorkerConnection<Api> | undefined;
  return {
    api: (): RemoteApi<Api> => {
      if (!connection || connection.dead) connection = start();
      return connection.api;
    },
    drop: (error?: EngineError): void => {
      connection?.terminate(error);
      connection = undefined;
    },
  };
}

/** What every worker with networks can do. */
interface Startable {
  choose(): Promise<Backend>;
  init(backend: Backend | undefined, onLoad?: LoadListener): Promise<BackendReport>;
}

/** The workers in which networks run: one for each backend, so that work on one never disturbs the other's. */
export interface InferenceWorkers<Api extends Startable> {
  /** The worker of a backend, or of the engine's own choice; start it first. */
  api(asked: Backend | undefined): RemoteApi<Api>;
  /**
   * Starts the networks once.
   * @param onLoad is told of what is still loaded; ready to cross to the worker.
   * @throws EngineError `device/backend`, `device/unsupported`, `device/lost`, `model/load`, `model/integrity`.
   */
  start(asked: Backend | undefined, onLoad?: LoadListener): Promise<BackendReport>;
  /** Ends the worker of a backend; calls under way reject with `error`. */
  drop(asked: Backend | undefined, error?: EngineError): void;
  dropAll(error?: EngineError): void;
}

interface Place<Api extends Startable> {
  readonly worker: ReturnType<typeof lazily<Api>>;
  /** The answer to the latest start. */
  latest?: Promise<BackendReport>;
}

/**
 * At most one worker for each backend: who names none and who names the one that is chosen then share theirs.
 * @param open starts a worker.
 */
export function createInferenceWorkers<Api extends Startable>(
  open: () => WorkerConnection<Api>,
): InferenceWorkers<Api> {
  const places = new Map<Backend | undefined, Place<Api>>();
  /** Two that ask at once must not both start a worker for the same backend. */
  let placing: Promise<unknown> = Promise.resolve();

  function add(asked: Backend | undefined, place: Place<Api> = { worker: lazily(open) }): Place<Api> {
    places.set(asked, place);
    return place;
  }

  /** The place whose networks run, or will run, on what is asked for; undefined when there is none yet. */
  async function shared(asked: Backend | undefined): Promise<Place<Api> | undefined> {
    if (asked === undefined) {
      const [any] = places.values();
      return any && places.get(await started(any).choose());
    }
    const chosen = places.get(undefined);
    const report = await chosen?.latest?.catch(() => undefined);
    return report?.backend === asked ? chosen : undefined;
  }

  function placeFor(asked: Backend | undefined): Promise<Place<Api>> {
    const place = placing.then(async () => places.get(asked) ?? add(asked, await shared(asked)));
    placing = place.catch(() => undefined);
    return place;
  }

  const started = ({ worker }: Place<Api>) => worker.api() as unknown as Startable;

  function init(
    place: Place<Api>,
    asked: Backend | undefined,
    onLoad: LoadListener | undefined,
  ): Promise<BackendReport> {
    const answer = onLoad ? started(place).init(asked, onLoad) : started(place).init(asked);
    answer.catch(() => undefined);
    place.latest = answer;
    return answer;
  }

  return {
    api: (asked) => (places.get(asked) ?? add(asked)).worker.api(),
    async start(asked, onLoad) {
      const report = await init(await placeFor(asked), asked, onLoad);
      if (asked === undefined || report.backend === asked) return report;
      // A shared worker died, and its successor has chosen anew.
      return init(add(asked), asked, onLoad);
    },
    drop: (asked, error) => places.get(asked)?.worker.drop(error),
    dropAll(error) {
      for (const { worker } of places.values()) worker.drop(error);
    },
  };
}
