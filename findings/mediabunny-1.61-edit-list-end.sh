#!/usr/bin/env bash
# mediabunny 1.61.0: of an MP4's edit list only the beginning counts, for reading and for the length. A recording that was
# trimmed at its end without being written anew, as editors do it, is read to the end of what is still in the file, without
# a word: packets, samples and computeDuration() go on beyond the edit, while the track's own header says where it ends.
# (That only the first of several edits is used is told on the console; this is not.) ffmpeg stops where the edit ends.
#
# Needs node and npm. Exits 0 while the behaviour is as described, 1 when it changed, 2 when it cannot be tried.
set -euo pipefail
command -v npm >/dev/null || { echo "no npm found"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private":true,"type":"module"}' >package.json
npm install --no-audit --no-fund --loglevel=error mediabunny@1.61.0 >/dev/null
cat >try.mjs <<'JS'
import {
  ALL_FORMATS, BufferSource, BufferTarget, EncodedAudioPacketSource, EncodedPacket, EncodedPacketSink, Input,
  Mp4OutputFormat, Output,
} from "mediabunny";

const RATE = 8000;
/** Ten seconds of a rising ramp in blocks of a second, samples of 16 bits as they are. */
async function ramp() {
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: false }), target });
  const source = new EncodedAudioPacketSource("pcm-s16");
  output.addAudioTrack(source);
  await output.start();
  for (let second = 0; second < 10; second++) {
    const data = new Uint8Array(Int16Array.from({ length: RATE }, (_, i) => 3 * second + i / RATE).buffer);
    const meta = { decoderConfig: { codec: "pcm-s16", numberOfChannels: 1, sampleRate: RATE } };
    await source.add(new EncodedPacket(data, "key", second, 1), meta);
  }
  await output.finalize();
  return new Uint8Array(target.buffer);
}
const nameAt = (bytes, at) => String.fromCharCode(...bytes.subarray(at + 4, at + 8));
function box(name, ...parts) {
  const made = new Uint8Array(8 + parts.reduce((sum, part) => sum + part.length, 0));
  new DataView(made.buffer).setUint32(0, made.length);
  made.set(new TextEncoder().encode(name), 4);
  parts.reduce((at, part) => (made.set(part, at), at + part.length), 8);
  return made;
}
/** An edit list of one edit (ISO/IEC 14496-12, section 8.6.6), its length on the movie's clock, its start on the track's. */
function edits(length, start) {
  const list = new Uint8Array(20);
  const view = new DataView(list.buffer);
  [0, 1, length, start, 0x10000].forEach((value, i) => view.setUint32(4 * i, value));
  return box("edts", box("elst", list));
}
/** Trims the file: the edit list behind the track's header, and the lengths in both headers. */
function trimmed(bytes, fromSeconds, seconds) {
  const view = new DataView(bytes.buffer);
  let clock = 1;
  const copy = (at) => {
    const [name, end] = [nameAt(bytes, at), at + view.getUint32(at)];
    const header = bytes.slice(at, end);
    if (name === "mvhd") clock = view.getUint32(at + (header[8] ? 28 : 20));
    if (name === "mvhd" || name === "tkhd") {
      if (header[8]) throw new Error("a header of the longer form");
      new DataView(header.buffer).setUint32(name === "mvhd" ? 24 : 28, seconds * clock);
      return name === "tkhd" ? [header, edits(seconds * clock, fromSeconds * RATE)] : [header];
    }
    if (name === "edts") return [];
    if (name !== "moov" && name !== "trak") return [header];
    const children = [];
    for (let child = at + 8; child < end; child += view.getUint32(child)) children.push(...copy(child));
    return [box(name, ...children)];
  };
  const whole = [];
  for (let at = 0; at < bytes.length; at += view.getUint32(at) || bytes.length - at) {
    const inside = nameAt(bytes, at) === "moov";
    whole.push(...(inside ? copy(at) : [bytes.slice(at, at + view.getUint32(at))]));
  }
  return new Uint8Array(Buffer.concat(whole));
}

const bytes = await ramp();
let asDescribed = true;
for (const [from, seconds] of [[0, 4], [2, 4]]) {
  const file = trimmed(bytes, from, seconds);
  const input = new Input({ source: new BufferSource(file), formats: ALL_FORMATS });
  const track = await input.getPrimaryAudioTrack();
  let end = 0;
  for await (const packet of new EncodedPacketSink(track).packets()) end = packet.timestamp + packet.duration;
  const duration = await track.computeDuration();
  const told = await input.getDurationFromMetadata();
  console.log(
    `10 s, of which the edit list shows ${seconds} from ${from} on: packets end at ${end} s, computeDuration() says ` +
      `${duration} s, getDurationFromMetadata() ${told} s`,
  );
  asDescribed &&= Math.abs(end - (10 - from)) < 0.01 && Math.abs(duration - (10 - from)) < 0.01;
}
console.log(asDescribed ? "as described" : "changed");
process.exit(asDescribed ? 0 : 1);
JS
echo "mediabunny 1.61.0, node $(node --version)"
node try.mjs
