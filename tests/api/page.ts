// The page of the journeys in tests/api: the local API with a job that copies the audio instead of rendering.
import { createLocalApi, type LocalApi } from "../../src/rest/page/local-api.ts";
import { registerServiceWorker } from "../../src/rest/service-worker/service-worker-registration.ts";
import { sweep } from "../../src/queue/retention.ts";
import { REPORT } from "./jobs.ts";

declare global {
  interface Window {
    api: LocalApi;
    /** Resolves when the API is open and, unless the address says `?worker=none`, the service worker registered. */
    ready: Promise<boolean>;
    /** Ends the work of the job that runs, in whichever page. */
    finish(): void;
    /** Tidies up as the app does once an hour, as if a day had passed; how many files went. */
    tidy(): Promise<number>;
  }
}

const query = new URLSearchParams(location.search);
const jobMs = Number(query.get("jobMs") ?? 0);
const finished = new BroadcastChannel("finished");

async function open(): Promise<boolean> {
  window.api = await createLocalApi({
    version: "0.0.0-test",
    appUrl: new URL("/", location.href).href,
    async runJob({ formState }, { signal, onProgress }) {
      onProgress({ stage: "rendering", progress: 0.5 });
      // Tells the test's server of each run, so that it can count them from outside of the browser.
      if (query.has("count")) await fetch(`/__run?seed=${String(formState.seed)}`, { method: "POST" });
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, jobMs);
        finished.onmessage = () => resolve();
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(new DOMException("stopped", "AbortError"));
        });
      });
      const audio = "audio" in formState ? formState.audio : formState.leftAudio;
      const output = new Blob([await audio.arrayBuffer()], { type: "video/mp4" });
      return {
        output,
        seed: formState.seed ?? 0,
        warnings: [],
        report: REPORT,
        timings: { rendering: jobMs },
      };
    },
  });
  return (
    query.get("worker") === "none" || registerServiceWorker(new URL("/service-worker.js", location.href))
  );
}

window.tidy = async () => {
  const { store, media } = window.api.storage;
  return (await sweep(store, media, { uploadsMs: 0 }, Date.now() + 1000)).files;
};
// A channel tells all others, and none tells itself.
window.finish = () => new BroadcastChannel("finished").postMessage(null);
window.ready = open();
