/**
 * Runs `start`, which starts one worker at once and keeps it to itself, and gives that worker, too: `@ffmpeg/ffmpeg` says
 * nothing when its worker's script cannot be loaded, but waits for ever.
 */
export function watchedWorker<Result>(start: () => Result): {
  readonly worker: Worker;
  readonly result: Result;
} {
  const scope = globalThis as { Worker: typeof Worker };
  const Native = scope.Worker;
  let worker: Worker | undefined;
  scope.Worker = function (url: string | URL, options?: WorkerOptions) {
    return (worker = new Native(url, options));
  } as unknown as typeof Worker;
  try {
    const result = start();
    if (!worker) throw new Error("no worker was started");
    return { worker, result };
  } finally {
    scope.Worker = Native;
  }
}
