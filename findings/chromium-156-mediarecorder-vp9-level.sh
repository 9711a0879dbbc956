#!/usr/bin/env bash
# Chromium 156: MediaRecorder writes VP9 into MP4 with level 0 in its configuration (vpcC), which no standard knows; the
# codec string made of it, vp09.00.00.08, is refused by VideoDecoder.isConfigSupported() of the same browser, so that
# libraries over WebCodecs call its own recordings undecodable. Its <video> plays them, and with level 1 (vp09.00.10.08)
# WebCodecs takes them, too.
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
  const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 96 });
  const drawing = canvas.getContext("2d");
  const mimeType = "video/mp4;codecs=vp9";
  if (!MediaRecorder.isTypeSupported(mimeType)) return null;
  const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise((resolve) => (recorder.onstop = resolve));
  const paint = setInterval(() => {
    drawing.fillStyle = `rgb(${Math.random() * 255} 60 60)`;
    drawing.fillRect(0, 0, 160, 96);
  }, 20);
  recorder.start();
  await new Promise((resolve) => setTimeout(resolve, 800));
  recorder.stop();
  await ended;
  clearInterval(paint);
  const file = new Blob(parts);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const at = new TextDecoder("latin1").decode(bytes).indexOf("vpcC");
  // Behind the box's name: version and flags, profile, level, then the bits of a sample in the upper half.
  const [profile, level, depth] = [bytes[at + 8], bytes[at + 9], bytes[at + 10] >> 4];
  const name = (number) => String(number).padStart(2, "0");
  const codec = (of) => `vp09.${name(profile)}.${name(of)}.${name(depth)}`;
  const supported = async (of) => (await VideoDecoder.isConfigSupported({ codec: codec(of) })).supported;
  const video = Object.assign(document.createElement("video"), { src: URL.createObjectURL(file), muted: true });
  await video.play();
  const plays = video.videoWidth === 160 && video.error === null;
  return { written: codec(level), supported: await supported(level), levelOne: await supported(10), plays };
});
await browser.close();
server.close();
if (!found) {
  console.log("this Chromium records no VP9 in MP4");
  process.exit(2);
}
console.log(`written: ${found.written}; supported by WebCodecs: ${found.supported}; with level 1: ${found.levelOne}; played: ${found.plays}`);
const asDescribed = found.written === "vp09.00.00.08" && !found.supported && found.levelOne && found.plays;
console.log(asDescribed ? "as described" : "changed");
process.exit(asDescribed ? 0 : 1);
JS
node try.mjs "$browser"
