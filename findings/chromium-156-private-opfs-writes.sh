#!/usr/bin/env bash
# Chromium 156: what a FileSystemSyncAccessHandle writes in a private context (Incognito, and what browser drivers open by
# default) goes to the browser's process, which keeps it in memory: a video frame of 276 kB takes ten to thirty times as
# long as in a profile on the disk, where the worker writes the file itself. The API, the results and the handle look the
# same in both; who measures a page's caching of frames through a driver measures the slow one, and fills memory with it.
#
# Seen on Linux, two cores: 4 to 10 ms a frame in a private context, .26 to .31 ms in a profile.
#
# Needs node, npm and an installed Chromium (CHROMIUM=path, or chromium, chromium-browser, google-chrome on PATH).
# Exits 0 while the private context takes at least four times as long, 1 when that changed, 2 when it cannot be tried.
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

const [executablePath, profile] = process.argv.slice(2);
const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html>"));
await new Promise((resolve) => server.listen(0, "localhost", resolve));
const address = `http://localhost:${server.address().port}/`;

// Writes a hundred frames five times; answers with the median time of a frame, and what is read back.
const writing = `onmessage = async () => {
  const root = await navigator.storage.getDirectory();
  const frame = new Uint8Array(276480).fill(7);
  const times = [];
  let same = true;
  for (let round = 0; round < 5; round++) {
    const handle = await (await root.getFileHandle("frames" + round, { create: true })).createSyncAccessHandle();
    const from = performance.now();
    for (let i = 0; i < 100; i++) handle.write(frame, { at: i * frame.length });
    times.push((performance.now() - from) / 100);
    const back = new Uint8Array(4);
    handle.read(back, { at: 99 * frame.length });
    same &&= back.every((value) => value === 7) && handle.getSize() === 100 * frame.length;
    handle.close();
    await root.removeEntry("frames" + round);
  }
  postMessage({ ms: times.sort((a, b) => a - b)[2], same });
};`;
async function measure(page) {
  await page.goto(address);
  return page.evaluate(
    (script) =>
      new Promise((resolve) => {
        const worker = new Worker(URL.createObjectURL(new Blob([script])));
        worker.onmessage = ({ data }) => resolve(data);
        worker.postMessage(0);
      }),
    writing,
  );
}

const options = { executablePath, args: ["--no-sandbox"] };
const driven = await chromium.launch(options);
console.log(`Chromium ${driven.version()}`);
const inPrivate = await measure(await driven.newPage());
await driven.close();
const kept = await chromium.launchPersistentContext(profile, options);
const inProfile = await measure(await kept.newPage());
await kept.close();
server.close();
const ratio = inPrivate.ms / inProfile.ms;
console.log(`private: ${inPrivate.ms.toFixed(2)} ms a frame; profile: ${inProfile.ms.toFixed(2)}; ratio ${ratio.toFixed(1)}`);
console.log(`read back alike: ${inPrivate.same && inProfile.same}`);
const asDescribed = ratio >= 4 && inPrivate.same && inProfile.same;
console.log(asDescribed ? "as described" : "changed");
process.exit(asDescribed ? 0 : 1);
JS
node try.mjs "$browser" "$work/profile"
