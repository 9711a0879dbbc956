#!/usr/bin/env bash
# mediabunny 1.61.0, Chromium 156: VideoSampleSink joins colours and alpha of a video to frames (I420A) that say BT.709 in
# limited range, whatever the container and the decoder say. Chromium's MediaRecorder writes a canvas with an alpha plane
# and in full range into WebM, so that every such recording comes out with too much contrast: red of 200, 60, 60 as 212,
# 52, 52 (once its planes are read by what the frame says). Chromium itself plays 200, 60, 60.
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
npm install --no-audit --no-fund --loglevel=error mediabunny@1.61.0 playwright-core@1.65.1 >/dev/null
cat >try.mjs <<'JS'
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const library = await readFile("node_modules/mediabunny/dist/bundles/mediabunny.mjs");
const server = createServer((request, response) => {
  if (request.url === "/mediabunny.mjs") response.setHeader("content-type", "text/javascript").end(library);
  else response.setHeader("content-type", "text/html").end("<!doctype html>");
});
await new Promise((resolve) => server.listen(0, "localhost", resolve));
const browser = await chromium.launch({ executablePath: process.argv[2], args: ["--no-sandbox"] });
console.log(`mediabunny 1.61.0, Chromium ${browser.version()}`);
const page = await browser.newPage();
await page.goto(`http://localhost:${server.address().port}/`);
const found = await page.evaluate(async () => {
  const { ALL_FORMATS, BlobSource, Input, VideoSampleSink } = await import("/mediabunny.mjs");
  const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 96 });
  const drawing = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm;codecs=vp8" });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise((resolve) => (recorder.onstop = resolve));
  const paint = setInterval(() => {
    drawing.fillStyle = "rgb(200 60 60)";
    drawing.fillRect(0, 0, 160, 96);
    drawing.fillStyle = Math.random() < 0.5 ? "black" : "white";
    drawing.fillRect(0, 0, 8, 8);
  }, 20);
  recorder.start();
  await new Promise((resolve) => setTimeout(resolve, 800));
  recorder.stop();
  await ended;
  clearInterval(paint);
  const file = new Blob(parts);
  const video = Object.assign(document.createElement("video"), { src: URL.createObjectURL(file), muted: true });
  await video.play();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const shown = new OffscreenCanvas(160, 96).getContext("2d");
  shown.drawImage(video, 0, 0);
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  for await (const sample of new VideoSampleSink(track).samples()) {
    const { format } = sample;
    const frame = sample.colorSpace.toJSON();
    sample.close();
    return { format, frame, file: await track.getColorSpace(), played: [...shown.getImageData(80, 48, 1, 1).data.slice(0, 3)] };
  }
});
await browser.close();
server.close();
console.log(`the file:  ${JSON.stringify(found.file)}`);
console.log(`its frame: ${found.format} ${JSON.stringify(found.frame)}`);
console.log(`played by Chromium as ${found.played.join(", ")} of 200, 60, 60`);
const asDescribed =
  found.format === "I420A" &&
  found.file.fullRange === true &&
  found.frame.fullRange === false &&
  found.played.every((value, i) => Math.abs(value - [200, 60, 60][i]) <= 3);
console.log(asDescribed ? "as described" : "changed");
process.exit(asDescribed ? 0 : 1);
JS
node try.mjs "$browser"
