#!/usr/bin/env bash
# mediabunny 1.61.0: the last frame of a FLAC file is left out, without an error, when it has fewer than 16 bytes. A block
# of digital silence has 11 to 15, whatever its length: a sound that ends in silence is up to 65,535 samples too short, in
# its packets and in computeDuration(), though the file's header says how many samples there are. ffmpeg reads them all.
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
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from "mediabunny";

const RATE = 48_000;
const BLOCK = 4096;
function crc(bytes, bits, polynomial) {
  const top = 1 << (bits - 1);
  return bytes.reduce((sum, byte) => {
    sum ^= byte << (bits - 8);
    for (let i = 0; i < 8; i++) sum = ((sum << 1) ^ (sum & top ? polynomial : 0)) & (2 ** bits - 1);
    return sum;
  }, 0);
}
/** A frame of one channel and 16 bits (RFC 9639, section 9): silence in a constant subframe, or samples as they are. */
function frame(number, samples, silent) {
  const [code, rest] = samples === BLOCK ? [0xc0, []] : [0x70, [(samples - 1) >> 8, (samples - 1) & 255]];
  const head = [0xff, 0xf8, code | 0x0a, 0x08, number, ...rest];
  const body = silent ? [0, 0, 0] : [2, ...Array.from({ length: 2 * samples }, (_, i) => (i % 2 ? i % 100 : 0))];
  const whole = [...head, crc(head, 8, 0x07), ...body];
  const sum = crc(whole, 16, 0x8005);
  return [...whole, sum >> 8, sum & 255];
}
function flac(frames, samples) {
  const info = [BLOCK >> 8, BLOCK & 255, BLOCK >> 8, BLOCK & 255, 0, 0, 0, 0, 0, 0];
  info.push(RATE >> 12, (RATE >> 4) & 255, (RATE & 15) << 4, 0xf0, 0, samples >> 16, (samples >> 8) & 255, samples & 255);
  return Uint8Array.from([...Buffer.from("fLaC"), 0x80, 0, 0, 34, ...info, ...new Array(16).fill(0), ...frames.flat()]);
}

const cases = [
  { name: "a last block of 4096 samples of silence", last: frame(3, 4096, true), samples: 4096, lost: true },
  { name: "a last block of 1000 samples of silence", last: frame(3, 1000, true), samples: 1000, lost: true },
  { name: "a last block of 2 samples as they are", last: frame(3, 2, false), samples: 2, lost: true },
  { name: "a last block of 3 samples as they are", last: frame(3, 3, false), samples: 3, lost: false },
  { name: "a last block of 4096 samples as they are", last: frame(3, 4096, false), samples: 4096, lost: false },
];
let asDescribed = true;
for (const { name, last, samples, lost } of cases) {
  const total = 3 * BLOCK + samples;
  const bytes = flac([0, 1, 2].map((n) => frame(n, BLOCK, false)).concat([last]), total);
  const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
  const track = await input.getPrimaryAudioTrack();
  let packets = 0;
  for await (const _ of new EncodedPacketSink(track).packets()) packets++;
  const missing = total - Math.round((await track.computeDuration()) * RATE);
  console.log(`${name} (${last.length} bytes): ${packets} of 4 packets, ${missing} of ${total} samples missing`);
  asDescribed &&= packets === (lost ? 3 : 4) && missing === (lost ? samples : 0);
}
console.log(asDescribed ? "as described" : "changed");
process.exit(asDescribed ? 0 : 1);
JS
echo "mediabunny 1.61.0, node $(node --version)"
node try.mjs
