#!/usr/bin/env bash
# onnxruntime-web 1.30.0, native WebGPU provider: a 3x3 convolution of 6 channels to 4 (or 8, 12 ...) is wrong, without an
# error: channels 3-5 are read as channels 0-2. The same holds for 9, 15, 18 ... input channels; 3, 8 and 12 are right.
# And: Relu between a convolution and a Sigmoid is left out.
#
# Needs node, npm and an installed Chromium (CHROMIUM=path, or chromium, chromium-browser, google-chrome on PATH).
# Exits 0 while the behaviour is as described, 1 when it changed, 2 when it cannot be tried.
set -euo pipefail
browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
[ -n "$browser" ] || { echo "no Chromium found; set CHROMIUM"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private":true,"type":"module"}' >package.json
npm install --no-audit --no-fund --loglevel=error onnxruntime-web@1.30.0 playwright-core@1.65.1 >/dev/null
cat >try.mjs <<'JS'
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { chromium } from "playwright-core";

// A minimal writer of ONNX files (protocol buffers).
const varint = (n) => { const out = []; do { const low = n % 128; n = Math.floor(n / 128); out.push(n ? low | 128 : low); } while (n); return out; };
const int = (field, value) => [...varint(field * 8), ...varint(value)];
const bytes = (field, value) => [...varint(field * 8 + 2), ...varint(value.length), ...value];
const text = (field, value) => bytes(field, [...new TextEncoder().encode(value)]);
const ints = (name, values) => bytes(5, [...text(1, name), ...values.flatMap((v) => int(8, v)), ...int(20, 7)]);
const node = (type, inputs, output, attributes = []) =>
  bytes(1, [...inputs.flatMap((name) => text(1, name)), ...text(2, output), ...text(4, type), ...attributes.flat()]);
const tensor = (name, dims, values) =>
  bytes(5, [...dims.flatMap((d) => int(1, d)), ...int(2, 1), ...text(8, name), ...bytes(9, [...new Uint8Array(Float32Array.from(values).buffer)])]);
const port = (field, name, dims) =>
  bytes(field, [...text(1, name), ...bytes(2, bytes(1, [...int(1, 1), ...bytes(2, dims.flatMap((d) => bytes(1, int(1, d))))]))]);
const model = (graph) => Uint8Array.from([...int(1, 8), ...bytes(7, graph), ...bytes(8, [...text(1, ""), ...int(2, 17)])]);

/** Copies channel `c` of the input to channel `c` of the output for the last `to` channels of `from`. */
const SIDE = 8;
function copy(from, to) {
  const weights = new Float32Array(to * from * 9);
  for (let c = 0; c < to; c++) weights[(c * from + (from - to + c)) * 9 + 4] = 1;
  const conv = node("Conv", ["x", "w"], "y", [ints("kernel_shape", [3, 3]), ints("pads", [1, 1, 1, 1])]);
  return model([...conv, ...text(2, "g"), ...tensor("w", [to, from, 3, 3], weights), ...port(11, "x", [1, from, SIDE, SIDE]), ...port(12, "y", [1, to, SIDE, SIDE])]);
}
/** y = sigmoid(relu(x)) behind a convolution that copies one channel. */
function reluSigmoid() {
  return model([
    ...node("Conv", ["x", "w"], "a", [ints("kernel_shape", [1, 1])]), ...node("Relu", ["a"], "b"), ...node("Sigmoid", ["b"], "y"),
    ...text(2, "g"), ...tensor("w", [1, 1, 1, 1], [1]), ...port(11, "x", [1, 1, SIDE, SIDE]), ...port(12, "y", [1, 1, SIDE, SIDE]),
  ]);
}
const cases = [3, 6, 8, 9, 12, 15].map((from) => ({ name: `Conv 3x3, ${from} -> ${from > 4 ? 4 : from} channels`, from, net: copy(from, from > 4 ? 4 : from) }));
cases.push({ name: "Conv, Relu, Sigmoid of -2", from: 1, value: -2, net: reluSigmoid() });

const server = createServer(async (request, response) => {
  if (request.url === "/") return response.setHeader("content-type", "text/html").end("<!doctype html>");
  try {
    const file = await readFile(`node_modules/onnxruntime-web/dist${new URL(request.url, "http://x").pathname}`);
    response.setHeader("content-type", request.url.endsWith(".wasm") ? "application/wasm" : "text/javascript").end(file);
  } catch { response.writeHead(404).end(); }
});
await new Promise((resolve) => server.listen(0, "localhost", resolve));
const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--no-sandbox"],
});
console.log(`onnxruntime-web 1.30.0, Chromium ${browser.version()}, SwiftShader`);
const page = await browser.newPage();
await page.goto(`http://localhost:${server.address().port}/`);
const results = await page.evaluate(async ({ cases, side }) => {
  if (!(await navigator.gpu?.requestAdapter())) return null;
  const [gpu, cpu] = await Promise.all(["webgpu", "wasm"].map((name) => import(`/ort.${name}.bundle.min.mjs`)));
  const results = [];
  for (const { name, from, value, net } of cases) {
    const pixels = side * side;
    // Channel c is c + 1 everywhere, so that a result says which channel was read.
    const data = Float32Array.from({ length: from * pixels }, (_, i) => value ?? Math.floor(i / pixels) + 1);
    const middles = [];
    for (const [ort, provider] of [[cpu, "wasm"], [gpu, "webgpu"]]) {
      ort.env.logLevel = "fatal";
      ort.env.wasm.numThreads = 1;
      const session = await ort.InferenceSession.create(Uint8Array.from(net), { executionProviders: [{ name: provider }] });
      const { y } = await session.run({ x: new ort.Tensor("float32", data, [1, from, side, side]) });
      const all = await y.getData();
      middles.push(Array.from({ length: all.length / pixels }, (_, c) => Math.round(all[c * pixels + pixels / 2 + 4] * 1e3) / 1e3));
    }
    results.push({ name, wasm: middles[0], webgpu: middles[1] });
  }
  return results;
}, { cases: cases.map(({ net, ...rest }) => ({ ...rest, net: [...net] })), side: SIDE });
await browser.close();
server.close();
if (!results) { console.log("no WebGPU adapter"); process.exit(2); }
const wrong = [];
for (const { name, wasm, webgpu } of results) {
  const differs = wasm.some((value, i) => Math.abs(value - webgpu[i]) > 1e-3);
  if (differs) wrong.push(name);
  console.log(`${differs ? "WRONG" : "right"}  ${name}: wasm [${wasm}], webgpu [${webgpu}]`);
}
const expected = ["Conv 3x3, 6 -> 4 channels", "Conv 3x3, 9 -> 4 channels", "Conv 3x3, 15 -> 4 channels", "Conv, Relu, Sigmoid of -2"];
const same = wrong.join() === expected.join();
console.log(same ? "as described" : `CHANGED: wrong were [${wrong.join("; ")}]`);
process.exit(same ? 0 : 1);
JS
node try.mjs "$browser"
