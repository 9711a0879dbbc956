#!/usr/bin/env bash
# Chromium 156: AudioDecoder (WebCodecs) counts the timestamps of what it gives on from the first chunk, and not from the
# chunks themselves: where half a second of chunks is missing, as in recordings that paused or streams that lost packets,
# all that follows comes half a second early, and nothing tells. Its <video> plays such files with the pause in place. By
# the specification an output has the timestamp of its chunk.
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
npm install --no-audit --no-fund --loglevel=error playwright-core@1.65.1 >/dev/null
cat >try.mjs <<'JS'
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html>"));
await new Promise((resolve) => server.listen(0, "localhost", resolve));
const browser = await chromium.launch({ executablePath: process.argv[2], args: ["--no-sandbox"] });
console.log(`Chromium ${browser.version()}`);
const page = await browser.newPage();
await page.goto(`http://localhost:${server.address().port}/`);
const found = await page.evaluate(async () => {
  const rate = 48_000;
  const length = 960;
  const settings = { codec: "opus", sampleRate: rate, numberOfChannels: 1 };
  const chunks = [];
  const encoder = new AudioEncoder({ output: (chunk) => chunks.push(chunk), error: () => undefined });
  encoder.configure({ ...settings, bitrate: 64_000 });
  for (let i = 0; i < 75; i++) {
    const timestamp = (i * length * 1e6) / rate;
    const data = new Float32Array(length).map(() => Math.random() - 0.5);
    encoder.encode(
      new AudioData({ format: "f32", sampleRate: rate, numberOfFrames: length, numberOfChannels: 1, timestamp, data }),
    );
  }
  await encoder.flush();
  const kept = chunks.filter(({ timestamp }) => timestamp < 500_000 || timestamp >= 1_000_000);
  const given = [];
  const decoder = new AudioDecoder({
    output: (data) => {
      given.push(data.timestamp / 1e6);
      data.close();
    },
    error: () => undefined,
  });
  decoder.configure(settings);
  for (const chunk of kept) decoder.decode(chunk);
  await decoder.flush();
  return { outputs: given.length, last: given.at(-1), lastChunk: kept.at(-1).timestamp / 1e6 };
});
await browser.close();
server.close();
console.log(
  `last chunk at ${found.lastChunk.toFixed(3)} s; last output of ${found.outputs} at ${found.last.toFixed(3)} s`,
);
const asDescribed = Math.abs(found.lastChunk - found.last - 0.5) < 0.03;
console.log(asDescribed ? "as described" : "changed");
process.exit(asDescribed ? 0 : 1);
JS
node try.mjs "$browser"
