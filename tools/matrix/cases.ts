import { SOUND_SECONDS, type MatrixCase } from "./matrix-case.ts";
import { ODD_SOUNDS, ODD_VIDEOS } from "./odd-cases.ts";

const SOUND_CODECS: Readonly<Record<string, readonly string[]>> = {
  aac: ["-c:a", "aac", "-b:a", "96k"],
  mp3: ["-c:a", "libmp3lame", "-b:a", "96k"],
  opus: ["-c:a", "libopus", "-b:a", "64k"],
  vorbis: ["-c:a", "libvorbis", "-q:a", "4"],
  flac: ["-c:a", "flac", "-strict", "-2"],
  pcm: ["-c:a", "pcm_s16le"],
  ac3: ["-c:a", "ac3", "-b:a", "192k"],
};

/** Container, the codecs that it takes, ffmpeg's name of it and an ending. */
const SOUND_CONTAINERS = [
  ["MP4", ["aac", "mp3", "opus", "flac", "ac3"], "mp4", "mp4"],
  ["fragmented MP4", ["aac", "opus"], "mp4", "mp4"],
  ["MOV", ["aac", "pcm"], "mov", "mov"],
  ["WebM", ["opus", "vorbis"], "webm", "webm"],
  ["MKV", ["aac", "mp3", "opus", "vorbis", "flac", "ac3", "pcm"], "matroska", "mkv"],
  ["Ogg", ["opus", "vorbis", "flac"], "ogg", "ogg"],
  ["MPEG-TS", ["aac", "mp3", "opus", "ac3"], "mpegts", "ts"],
  ["ADTS", ["aac"], "adts", "aac"],
  ["MP3", ["mp3"], "mp3", "mp3"],
  ["FLAC", ["flac"], "flac", "flac"],
  ["WAV", ["pcm"], "wav", "wav"],
  ["AVI", ["mp3", "ac3"], "avi", "avi"],
] as const;

function soundCases(): MatrixCase[] {
  const cases: MatrixCase[] = [];
  const add = (
    [container, , format, ext]: (typeof SOUND_CONTAINERS)[number],
    codec: string,
    trait: string,
    more: readonly string[] = [],
    rest: Partial<MatrixCase> = {},
  ) => {
    const fragmented = container.startsWith("frag") ? ["-movflags", "+frag_keyframe+empty_moov"] : [];
    const args = [...SOUND_CODECS[codec]!, ...more, ...fragmented, "-f", format];
    cases.push({ kind: "sound", container, codec, trait, ext, args, ...rest });
  };
  const row = (name: string) => SOUND_CONTAINERS.find(([container]) => container === name)!;
  for (const container of SOUND_CONTAINERS) {
    for (const codec of container[1]) add(container, codec, "48 kHz, mono");
  }
  for (const [name, codec] of [
    ["MP4", "aac"],
    ["MP3", "mp3"],
    ["Ogg", "vorbis"],
    ["FLAC", "flac"],
    ["WAV", "pcm"],
  ] as const) {
    add(row(name), codec, "44.1 kHz, stereo", ["-ar", "44100", "-ac", "2"]);
    add(row(name), codec, "22.05 kHz", ["-ar", "22050"]);
  }
  add(row("WAV"), "pcm", "8 kHz", ["-ar", "8000"]);
  add(row("MP4"), "aac", "5.1", ["-ac", "6"]);
  add(row("Ogg"), "opus", "5.1", ["-ac", "6"]);
  add(row("FLAC"), "flac", "7.1", ["-ac", "8"]);
  add(row("MKV"), "aac", "clock from 1 h", ["-output_ts_offset", "3600"]);
  add(row("WebM"), "opus", "clock from 5 s", ["-output_ts_offset", "5"]);
  add(row("MPEG-TS"), "aac", "clock from 20 h", ["-output_ts_offset", "72000"]);
  const cut = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * 0.8));
  for (const [name, codec] of [
    ["WAV", "pcm"],
    ["MP3", "mp3"],
    ["Ogg", "opus"],
    ["MKV", "aac"],
    ["ADTS", "aac"],
  ] as const) {
    add(row(name), codec, "last fifth missing", [], { damage: cut });
  }
  const hole = (bytes: Buffer) => {
    const damaged = Buffer.from(bytes);
    damaged.fill(0x55, Math.floor(bytes.length * 0.7), Math.floor(bytes.length * 0.7) + 48);
    return damaged;
  };
  for (const [name, codec] of [
    ["MP3", "mp3"],
    ["ADTS", "aac"],
    ["Ogg", "vorbis"],
  ] as const) {
    add(row(name), codec, "48 bytes damaged", [], { damage: hole });
  }
  const twice = (bytes: Buffer) => Buffer.concat([bytes, bytes]);
  for (const [name, codec] of [
    ["Ogg", "opus"],
    ["WebM", "opus"],
    ["MP4", "aac"],
    ["fragmented MP4", "aac"],
    ["MPEG-TS", "aac"],
    ["FLAC", "flac"],
    ["WAV", "pcm"],
  ] as const) {
    add(row(name), codec, "twice, joined", [], { damage: twice, seconds: 2 * SOUND_SECONDS });
  }
  const gap = ["-bsf:a", "noise=drop='gte(pts*tb,0.3)*lt(pts*tb,0.6)'"];
  for (const [name, codec, more = []] of [
    ["MP4", "aac"],
    ["fragmented MP4", "aac", ["-movflags", "+frag_keyframe+empty_moov"]],
    ["WebM", "opus"],
    ["MKV", "vorbis"],
    ["Ogg", "opus"],
    ["MPEG-TS", "mp3"],
  ] as const) {
    add(row(name), codec, "0.3 s without packets", [], { copied: { after: [...gap, ...more] } });
  }
  const lengthless = (bytes: Buffer) => {
    const started = Buffer.from(bytes);
    started.writeUInt32LE(0, 4);
    started.writeUInt32LE(0, started.indexOf("data") + 4);
    return started;
  };
  add(row("WAV"), "pcm", "header says 0 bytes", [], { damage: lengthless, seconds: SOUND_SECONDS });
  const unmeasured = (bytes: Buffer) => {
    const started = Buffer.from(bytes);
    started[21]! &= 0xf0;
    return started.fill(0, 22, 26);
  };
  add(row("FLAC"), "flac", "header without a length", [], { damage: unmeasured });
  return cases;
}

const X264 = ["-c:v", "libx264", "-crf", "12", "-pix_fmt", "yuv420p"];
const VP9_FAST = ["-c:v", "libvpx-vp9", "-crf", "12", "-b:v", "0", "-deadline", "realtime", "-cpu-used", "8"];
const VIDEO_CODECS: Readonly<Record<string, readonly string[]>> = {
  h264: X264,
  "h264, no B-frames": [...X264, "-bf", "0"],
  hevc: ["-c:v", "libx265", "-crf", "12", "-pix_fmt", "yuv420p", "-x265-params", "log-level=none"],
  "hevc, 10 bit": [
    "-c:v",
    "libx265",
    "-crf",
    "12",
    "-pix_fmt",
    "yuv420p10le",
    "-x265-params",
    "log-level=none",
  ],
  vp8: ["-c:v", "libvpx", "-crf", "4", "-b:v", "3M"],
  vp9: [...VP9_FAST, "-pix_fmt", "yuv420p"],
  "vp9, RGB": [...VP9_FAST, "-pix_fmt", "gbrp"],
  "vp9, 10 bit": [...VP9_FAST, "-pix_fmt", "yuv420p10le", "-profile:v", "2"],
  av1: ["-c:v", "libaom-av1", "-crf", "12", "-cpu-used", "8", "-pix_fmt", "yuv420p"],
  mpeg4: ["-c:v", "mpeg4", "-q:v", "2"],
  mpeg2: ["-c:v", "mpeg2video", "-q:v", "2"],
  prores: ["-c:v", "prores_ks", "-profile:v", "3"],
  mjpeg: ["-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj420p"],
  ffv1: ["-c:v", "ffv1", "-pix_fmt", "yuv444p"],
  gif: ["-c:v", "gif"],
};

const VIDEO_CONTAINERS = [
  ["MP4", "mp4", "mp4", ["h264", "h264, no B-frames", "hevc", "hevc, 10 bit", "vp9", "av1", "mpeg4"]],
  ["MOV", "mov", "mov", ["h264", "prores", "mjpeg"]],
  ["WebM", "webm", "webm", ["vp8", "vp9", "vp9, 10 bit", "vp9, RGB", "av1"]],
  ["MKV", "matroska", "mkv", ["h264", "hevc", "vp9", "mpeg4", "ffv1"]],
  ["MPEG-TS", "mpegts", "ts", ["h264", "hevc", "mpeg2"]],
  ["AVI", "avi", "avi", ["h264, no B-frames", "mpeg4", "mjpeg"]],
  ["GIF", "gif", "gif", ["gif"]],
] as const;

function videoCases(): MatrixCase[] {
  const cases: MatrixCase[] = [];
  const add = (
    name: string,
    codec: string,
    trait: string,
    more: readonly string[] = [],
    rest: Partial<MatrixCase> = {},
  ) => {
    const [container, format, ext] = VIDEO_CONTAINERS.find(([known]) => known === name)!;
    const args = [...VIDEO_CODECS[codec]!, ...more, "-f", format];
    cases.push({ kind: "video", container, codec, trait, ext, args, ...rest });
  };
  for (const [container, , , codecs] of VIDEO_CONTAINERS) {
    for (const codec of codecs) add(container, codec, "25/s");
  }
  for (const rate of [1, 10, 24_000 / 1001, 30_000 / 1001, 50, 60, 120]) {
    add("MP4", "h264", `${Number(rate.toFixed(3))}/s`, [], { rate });
    if (rate > 20) add("WebM", "vp8", `${Number(rate.toFixed(3))}/s`, [], { rate });
  }
  const vfr = ["-vsync", "vfr"];
  add("MP4", "h264", "every third frame missing", vfr, { filter: "select='mod(n\\,3)'" });
  add("WebM", "vp8", "every third frame missing", vfr, { filter: "select='mod(n\\,3)'" });
  add("MP4", "h264", "pause of 0.4 s", vfr, { filter: "select='lt(t\\,0.1)+gt(t\\,0.5)'" });
  add("MPEG-TS", "h264", "clock from 1 h", ["-output_ts_offset", "3600"]);
  add("MKV", "h264", "clock from 5 s", ["-output_ts_offset", "5"]);
  for (const degrees of [90, 270]) {
    const copied = { after: ["-metadata:s:v", `rotate=${degrees}`] };
    add("MP4", "h264", `turned by ${degrees}°`, [], { copied, turned: true });
    add("MP4", "hevc", `turned by ${degrees}°`, [], { copied, turned: true });
  }
  add("MP4", "h264", "anamorphic 2:1", [], { filter: "scale=128:96,setsar=2" });
  add("MP4", "h264", "odd size", ["-pix_fmt", "yuv444p"], { filter: "scale=255:95" });
  add(
    "MP4",
    "h264",
    "BT.709, tagged",
    ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"],
    {
      filter: "scale=out_color_matrix=bt709",
    },
  );
  add("MP4", "h264", "full range, tagged", ["-color_range", "pc", "-pix_fmt", "yuvj420p"], {
    filter: "scale=out_range=pc",
  });
  add("MP4", "h264", "4:2:2", ["-pix_fmt", "yuv422p"]);
  add("MKV", "h264", "10 bit", ["-pix_fmt", "yuv420p10le"]);
  const cut = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * 0.8));
  for (const [name, codec] of [
    ["MKV", "h264"],
    ["WebM", "vp8"],
    ["MPEG-TS", "h264"],
    ["AVI", "mpeg4"],
  ] as const) {
    add(name, codec, "last fifth missing", ["-g", "5"], { damage: cut });
  }
  const hole = (bytes: Buffer) => {
    const damaged = Buffer.from(bytes);
    damaged.fill(0x55, Math.floor(bytes.length * 0.75), Math.floor(bytes.length * 0.75) + 24);
    return damaged;
  };
  for (const [name, codec] of [
    ["MP4", "h264"],
    ["MPEG-TS", "h264"],
    ["WebM", "vp8"],
  ] as const) {
    add(name, codec, "24 bytes damaged", ["-g", "5"], { damage: hole });
  }
  return cases;
}

/** Every case. */
export function matrixCases(): MatrixCase[] {
  return [...soundCases(), ...ODD_SOUNDS, ...videoCases(), ...ODD_VIDEOS];
}
