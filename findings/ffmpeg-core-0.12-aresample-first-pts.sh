#!/usr/bin/env bash
# @ffmpeg/core 0.12.10 (ffmpeg 5.1.4): where a sound's channels or rate change in the middle, as in broadcasts, ffmpeg makes its
# chain of filters anew, and aresample=async=1:first_pts=0, the usual way to fill gaps and a late start, then puts all the
# time before once more as silence: half a second of stereo and half of mono become a second and a half, without a word.
# Without first_pts both are right; a late start then has to be filled otherwise.
#
# Needs node and npm. Exits 0 while the behaviour is as described, 1 when it changed, 2 when it cannot be tried.
set -euo pipefail
command -v npm >/dev/null || { echo "no npm found"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private":true,"type":"module"}' >package.json
npm install --no-audit --no-fund --loglevel=error @ffmpeg/core@0.12.10 >/dev/null
cat >try.mjs <<'JS'
import { readFile } from "node:fs/promises";

// The core is made for a worker of a browser.
globalThis.self = globalThis;
globalThis.location = { href: import.meta.url };
const { default: create } = await import("@ffmpeg/core");
const urls = Buffer.from(JSON.stringify({ wasmURL: "", workerURL: "" })).toString("base64");
const core = await create({
  wasmBinary: await readFile(new URL(import.meta.resolve("@ffmpeg/core/wasm"))),
  mainScriptUrlOrBlob: `${import.meta.url}#${urls}`,
});
let named = false;
core.setLogger(({ message }) => {
  if (!named && message.startsWith("ffmpeg version")) console.log(message.slice(0, 20));
  named = true;
});
function run(...args) {
  core.reset();
  core.exec("-y", ...args);
  if (core.ret !== 0) throw new Error(`ffmpeg ${args.join(" ")}: ${core.ret}`);
}
/** Half a second of a tone as a transport stream. */
function stream(hz, channels) {
  run("-f", "lavfi", "-i", `sine=${hz}:r=48000:d=0.5`, "-ac", String(channels), "-c:a", "aac", "/part.ts");
  return core.FS.readFile("/part.ts");
}
core.FS.writeFile("/joined.ts", Buffer.concat([stream(440, 2), stream(880, 1)]));

/** Seconds of the whole, and of silence in its middle. */
function read(filter) {
  run("-i", "/joined.ts", "-af", filter, "-ar", "48000", "-ac", "1", "-f", "s16le", "/out.pcm");
  const bytes = core.FS.readFile("/out.pcm");
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.byteLength & ~1)));
  let silent = 0;
  for (let at = 0; at + 480 <= samples.length; at += 480)
    if (samples.subarray(at, at + 480).every((value) => Math.abs(value) < 30)) silent += 0.01;
  return { seconds: samples.length / 48_000, silent };
}
const usual = read("aresample=async=1:first_pts=0");
const other = read("aresample=async=1");
console.log(`async=1:first_pts=0: ${usual.seconds.toFixed(2)} s, ${usual.silent.toFixed(2)} s of them silent`);
console.log(`async=1:             ${other.seconds.toFixed(2)} s, ${other.silent.toFixed(2)} s of them silent`);
const near = (value, wanted) => Math.abs(value - wanted) < 0.1;
const asDescribed = near(usual.seconds, 1.57) && near(usual.silent, 0.52) && near(other.seconds, 1.05) && near(other.silent, 0);
console.log(asDescribed ? "as described" : "changed");
process.exit(asDescribed ? 0 : 1);
JS
echo "@ffmpeg/core 0.12.10, node $(node --version)"
node try.mjs
