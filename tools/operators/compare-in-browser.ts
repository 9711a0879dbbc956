import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { browserLaunch } from "../../src/headless/find-browser.mjs";
import type { OperatorCase } from "./cases.ts";

/** What came of one case. */
export interface Outcome {
  /** Whether the WebGPU provider took the whole graph. */
  readonly onGpu: boolean;
  /** Largest difference from wasm as a share of wasm's largest value; NaN when a number is missing. */
  readonly difference?: number;
  /** Where and with which words it was refused. */
  readonly refused?: { readonly at: "opening" | "first run"; readonly reason: string };
  /** It neither answered nor failed. */
  readonly silent?: true;
}

/** Serialises a case for the page. */
const forPage = ({ net, inputs }: OperatorCase) => ({
  net: Buffer.from(net).toString("base64"),
  inputs: inputs.map(({ name, dims, data }) => ({
    name,
    dims: [...dims],
    data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64"),
  })),
});

/** Runs in the page: one case on wasm and on WebGPU. */
async function compare({ net, inputs }: ReturnType<typeof forPage>): Promise<Outcome> {
  interface Ort {
    env: { logLevel: string; wasm: { numThreads: number } };
    Tensor: new (type: string, data: Float32Array, dims: number[]) => unknown;
    InferenceSession: {
      create(
        bytes: Uint8Array,
        options: object,
      ): Promise<{
        run(feeds: object): Promise<Record<string, { getData(): Promise<ArrayLike<number>> }>>;
        release(): Promise<void>;
      }>;
    };
  }
  const bytesOf = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const load = async (build: string) => {
    const ort = (await import(/* @vite-ignore */ `${location.origin}/${build}`)) as Ort;
    ort.env.logLevel = "fatal";
    ort.env.wasm.numThreads = 1;
    return ort;
  };
  const [gpu, cpu] = [await load("ort.jspi.bundle.min.mjs"), await load("ort.wasm.bundle.min.mjs")];
  const open = (ort: Ort, name: string, options: object = {}) =>
    ort.InferenceSession.create(bytesOf(net), { executionProviders: [{ name }], ...options });
  const run = async (ort: Ort, session: Awaited<ReturnType<typeof open>>) => {
    const feeds = inputs.map(({ name, dims, data }) => [
      name,
      new ort.Tensor("float32", new Float32Array(bytesOf(data).buffer), dims),
    ]);
    const { y } = await session.run(Object.fromEntries(feeds));
    return y!.getData();
  };
  const words = (error: unknown) => (error instanceof Error ? error.message : String(error));

  const expected = await run(cpu, await open(cpu, "wasm"));
  const onGpu = await open(gpu, "webgpu", { extra: { session: { disable_cpu_ep_fallback: "1" } } }).then(
    async (session) => (await session.release(), true),
    () => false,
  );
  let session: Awaited<ReturnType<typeof open>>;
  try {
    session = await open(gpu, "webgpu");
  } catch (error) {
    return { onGpu, refused: { at: "opening", reason: words(error) } };
  }
  try {
    const given = await run(gpu, session);
    const scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
    const difference = Array.from(expected).reduce(
      (most, value, i) => Math.max(most, Math.abs(value - given[i]!)),
      0,
    );
    return { onGpu, difference: difference / scale };
  } catch (error) {
    return { onGpu, refused: { at: "first run", reason: words(error) } };
  } finally {
    await session.release();
  }
}

const TYPES: Readonly<Record<string, string>> = { ".mjs": "text/javascript", ".wasm": "application/wasm" };

/** Serves onnxruntime-web's files and an empty page. */
async function serve(dist: string): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    if (path === "/") {
      response.setHeader("content-type", "text/html").end("<!doctype html><title>operators</title>");
      return;
    }
    readFile(join(dist, path)).then(
      (bytes) => response.setHeader("content-type", TYPES[extname(path)] ?? "text/plain").end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return { server, url: `http://localhost:${(server.address() as AddressInfo).port}/` };
}

/** A case that has no answer after this many milliseconds never has one. */
const LIMIT_MS = 30_000;

/**
 * Runs every case on wasm and on WebGPU (SwiftShader) in an installed Chromium.
 * @param dist folder `dist` of the onnxruntime-web to be looked at.
 * @returns outcomes in the order of the cases, and the browser's version.
 */
export async function compareOperators(
  cases: readonly OperatorCase[],
  dist: string,
  onOutcome: (given: OperatorCase, outcome: Outcome) => void = () => undefined,
): Promise<{ outcomes: readonly Outcome[]; browser: string }> {
  const { server, url } = await serve(dist);
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch(browserLaunch({ softwareGpu: true }));
    let page: Page | undefined;
    const outcomes: Outcome[] = [];
    for (const given of cases) {
      if (!page) {
        page = await browser.newPage();
        // The loader of TypeScript names functions by a helper of its own, which the page lacks.
        await page.addInitScript("globalThis.__name = (named) => named");
        await page.goto(url);
      }
      let timer: NodeJS.Timeout | undefined;
      const silent = new Promise<Outcome>((resolve) => {
        timer = setTimeout(() => resolve({ onGpu: true, silent: true }), LIMIT_MS);
      });
      const outcome = await Promise.race([page.evaluate(compare, forPage(given)), silent]);
      clearTimeout(timer);
      if (outcome.silent || outcome.refused) {
        // What refused or hangs may leave the page's engine unsound.
        await page.close();
        page = undefined;
      }
      outcomes.push(outcome);
      onOutcome(given, outcome);
    }
    return { outcomes, browser: browser.version() };
  } finally {
    await browser?.close();
    server.close();
  }
}
