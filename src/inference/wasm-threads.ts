const MAX_THREADS = 4;

/** Threads for wasm: half of the cores, at most 4; 1 where shared memory is missing. */
export function wasmThreads(isolated: boolean, cores: number): number {
  return isolated ? Math.max(1, Math.min(MAX_THREADS, Math.ceil(cores / 2))) : 1;
}

/** What to show the user for the wasm backend. */
export function describeWasm(threads: number): string {
  return `WebAssembly, ${threads} ${threads === 1 ? "thread" : "threads"}`;
}
