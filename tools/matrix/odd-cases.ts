import { PATCHES, type MatrixCase } from "./matrix-case.ts";
import { wideReference } from "./results/wide-reference.ts";

type Rgb = readonly [number, number, number];
type Row = readonly [
  container: string,
  codec: string,
  trait: string,
  ext: string,
  args: readonly string[],
  rest?: Partial<MatrixCase>,
];

const caseOf =
  (kind: MatrixCase["kind"]) =>
  ([container, codec, trait, ext, args, rest]: Row): MatrixCase => ({
    kind,
    container,
    codec,
    trait,
    ext,
    args,
    ...rest,
  });

/** Sounds of the cupboards of people, phones and stations. */
export const ODD_SOUNDS: readonly MatrixCase[] = (
  [
    ["M4A", "alac", "48 kHz, mono", "m4a", ["-c:a", "alac", "-f", "ipod"]],
    ["MP4", "mp2", "48 kHz", "mp4", ["-c:a", "mp2", "-b:a", "128k"]],
    ["MP4", "eac3", "48 kHz", "mp4", ["-c:a", "eac3", "-b:a", "192k"]],
    ["MP4", "aac", "7.1", "mp4", ["-c:a", "aac", "-b:a", "256k", "-ac", "8"]],
    ["MP4", "aac", "96 kHz", "mp4", ["-c:a", "aac", "-b:a", "128k", "-ar", "96000"]],
    ["MP4", "aac", "8 kHz", "mp4", ["-c:a", "aac", "-b:a", "24k", "-ar", "8000"]],
    [
      "fragmented MP4",
      "aac",
      "delayed moov",
      "mp4",
      ["-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov+delay_moov"],
    ],
    ["MP4", "aac", "clock from 3 s", "mp4", ["-c:a", "aac", "-output_ts_offset", "3"]],
    ["3GP", "aac", "16 kHz", "3gp", ["-c:a", "aac", "-b:a", "32k", "-ar", "16000", "-f", "3gp"]],
    [
      "MOV",
      "pcm",
      "24 bit, big-endian",
      "mov",
      ["-c:a", "pcm_s24be", "-ac", "2", "-channel_layout", "stereo"],
    ],
    ["MOV", "pcm", "32-bit float", "mov", ["-c:a", "pcm_f32le"]],
    ["MOV", "ima4", "44.1 kHz", "mov", ["-c:a", "adpcm_ima_qt", "-ar", "44100"]],
    ["AIFF", "pcm", "16 bit", "aiff", ["-c:a", "pcm_s16be"]],
    ["AIFF", "pcm", "24 bit", "aiff", ["-c:a", "pcm_s24be"]],
    ["CAF", "pcm", "16 bit", "caf", ["-c:a", "pcm_s16be"]],
    ["CAF", "alac", "44.1 kHz", "caf", ["-c:a", "alac", "-ar", "44100"]],
    ["AU", "mulaw", "8 kHz", "au", ["-c:a", "pcm_mulaw", "-ar", "8000"]],
    ["WAV", "pcm", "8 bit", "wav", ["-c:a", "pcm_u8"]],
    ["WAV", "pcm", "24 bit", "wav", ["-c:a", "pcm_s24le"]],
    ["WAV", "pcm", "64-bit float", "wav", ["-c:a", "pcm_f64le"]],
    ["WAV", "alaw", "8 kHz", "wav", ["-c:a", "pcm_alaw", "-ar", "8000"]],
    ["WAV", "adpcm", "IMA", "wav", ["-c:a", "adpcm_ima_wav"]],
    ["WAV", "adpcm", "Microsoft", "wav", ["-c:a", "adpcm_ms"]],
    ["WAV", "gsm", "8 kHz", "wav", ["-c:a", "libgsm_ms", "-ar", "8000"]],
    ["WAV", "mp3", "48 kHz", "wav", ["-c:a", "libmp3lame", "-b:a", "96k"]],
    ["RF64", "pcm", "16 bit", "wav", ["-c:a", "pcm_s16le", "-rf64", "always"]],
    ["W64", "pcm", "16 bit", "w64", ["-c:a", "pcm_s16le"]],
    ["Ogg", "speex", "16 kHz", "ogg", ["-c:a", "libspeex", "-ar", "16000"]],
    ["Ogg", "vorbis", "5.1", "ogg", ["-c:a", "libvorbis", "-ac", "6"]],
    ["Ogg", "opus", "frames of 60 ms", "ogg", ["-c:a", "libopus", "-frame_duration", "60"]],
    ["Ogg", "opus", "frames of 2.5 ms", "ogg", ["-c:a", "libopus", "-frame_duration", "2.5"]],
    [
      "Ogg",
      "opus",
      "as spoken, 12 kbit/s",
      "ogg",
      ["-c:a", "libopus", "-b:a", "12k", "-application", "voip"],
    ],
    ["MKA", "opus", "clock from 1 h", "mka", ["-c:a", "libopus", "-output_ts_offset", "3600"]],
    ["MKV", "wavpack", "48 kHz", "mkv", ["-c:a", "wavpack"]],
    ["MKV", "tta", "48 kHz", "mkv", ["-c:a", "tta"]],
    ["MKV", "dts", "5.1", "mkv", ["-c:a", "dca", "-strict", "-2", "-ac", "6"]],
    ["MP3", "mp3", "variable rate", "mp3", ["-c:a", "libmp3lame", "-q:a", "7"]],
    ["MP3", "mp3", "no header of LAME's", "mp3", ["-c:a", "libmp3lame", "-b:a", "64k", "-write_xing", "0"]],
    ["MP3", "mp3", "8 kHz", "mp3", ["-c:a", "libmp3lame", "-ar", "8000"]],
    ["MP3", "mp2", "48 kHz", "mp2", ["-c:a", "mp2", "-b:a", "128k"]],
    ["FLAC", "flac", "24 bit, 96 kHz", "flac", ["-c:a", "flac", "-sample_fmt", "s32", "-ar", "96000"]],
    ["ASF", "wmav2", "44.1 kHz", "wma", ["-c:a", "wmav2", "-ar", "44100"]],
    ["FLV", "aac", "44.1 kHz", "flv", ["-c:a", "aac", "-ar", "44100"]],
    ["FLV", "mp3", "22.05 kHz", "flv", ["-c:a", "libmp3lame", "-ar", "22050"]],
    ["MPEG-PS", "mp2", "48 kHz", "mpg", ["-c:a", "mp2", "-f", "vob"]],
    ["AMR", "none", "G.722", "wav", ["-c:a", "g722", "-ar", "16000"]],
    [
      "MP4",
      "aac",
      "cut by an edit list",
      "mp4",
      ["-c:a", "aac"],
      { copied: { before: ["-ss", "0.25"], after: [] }, earlier: 0.25 },
    ],
  ] as const satisfies readonly Row[]
).map(caseOf("sound"));

const X264 = ["-c:v", "libx264", "-crf", "12", "-pix_fmt", "yuv420p"];
const VP9 = ["-c:v", "libvpx-vp9", "-crf", "12", "-b:v", "0", "-deadline", "realtime", "-cpu-used", "8"];
const VP8 = ["-c:v", "libvpx", "-crf", "4", "-b:v", "3M"];
const X265 = (more: string) => ["-c:v", "libx265", "-crf", "12", "-x265-params", `log-level=none${more}`];
const HDR = (transfer: string) => [
  ...["-colorspace", "bt2020nc", "-color_primaries", "bt2020", "-color_trc", transfer, "-color_range", "tv"],
];

/** The right half is cut out. */
const CUT_OUT = "format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='if(lt(X,128),255,0)'";
const GREY: Rgb = [232, 232, 232];
const cutOut = { filter: CUT_OUT, shown: [PATCHES[0], PATCHES[1], GREY, GREY], told: ["video/transparent"] };

/** What a usual screen shows of the patches, taken for signals of BT.2020. */
const onScreen = (kind: "hlg" | "pq" | "wide"): Rgb[] =>
  PATCHES.map((rgb) => {
    const [r, g, b] = rgb.map((level) => level / 255) as [number, number, number];
    const y = 0.2627 * r + 0.678 * g + 0.0593 * b;
    return wideReference(kind, [y, (b - y) / 1.8814, (r - y) / 1.4746]);
  });
const AS_2020 = "scale=out_color_matrix=bt2020:out_range=tv,format=yuv420p10le";
const wide = (kind: "hlg" | "pq" | "wide") => ({
  filter: AS_2020,
  shown: onScreen(kind),
  ...(kind === "wide" ? {} : { told: ["video/hdr"] }),
});
const MASTERED =
  ":hdr10=1:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(40000000,50):max-cll=4000,400";

/** Videos of phones, cameras, recorders, editors and archives. */
export const ODD_VIDEOS: readonly MatrixCase[] = (
  [
    ["WebM", "vp8", "alpha", "webm", [...VP8, "-auto-alt-ref", "0", "-pix_fmt", "yuva420p"], cutOut],
    ["WebM", "vp9", "alpha", "webm", [...VP9, "-auto-alt-ref", "0", "-pix_fmt", "yuva420p"], cutOut],
    [
      "MOV",
      "prores",
      "4444 with alpha",
      "mov",
      ["-c:v", "prores_ks", "-profile:v", "4", "-pix_fmt", "yuva444p10le"],
      cutOut,
    ],
    ["MOV", "qtrle", "alpha", "mov", ["-c:v", "qtrle", "-pix_fmt", "argb"], cutOut],
    ["MOV", "png", "alpha", "mov", ["-c:v", "png", "-pix_fmt", "rgba"], cutOut],
    ["APNG", "apng", "alpha", "apng", ["-c:v", "apng", "-pix_fmt", "rgba", "-f", "apng"], cutOut],
    ["MKV", "ffv1", "alpha", "mkv", ["-c:v", "ffv1", "-pix_fmt", "yuva420p"], cutOut],
    ["MP4", "hevc", "PQ, mastered at 4000 nits", "mp4", [...X265(MASTERED), ...HDR("smpte2084")], wide("pq")],
    ["MKV", "hevc", "PQ", "mkv", [...X265(""), ...HDR("smpte2084")], wide("pq")],
    ["WebM", "vp9", "PQ", "webm", [...VP9, "-profile:v", "2", ...HDR("smpte2084")], wide("pq")],
    ["MP4", "hevc", "HLG", "mp4", [...X265(""), "-tag:v", "hvc1", ...HDR("arib-std-b67")], wide("hlg")],
    ["MPEG-TS", "hevc", "HLG", "ts", [...X265(""), ...HDR("arib-std-b67")], wide("hlg")],
    ["MP4", "h264", "HLG", "mp4", ["-c:v", "libx264", "-crf", "12", ...HDR("arib-std-b67")], wide("hlg")],
    ["MP4", "hevc", "BT.2020", "mp4", [...X265(""), ...HDR("bt2020-10")], wide("wide")],
    ["MP4", "h264", "interlaced", "mp4", [...X264, "-flags", "+ildct+ilme", "-x264opts", "tff=1"]],
    [
      "MPEG-TS",
      "mpeg2",
      "interlaced",
      "ts",
      ["-c:v", "mpeg2video", "-q:v", "2", "-flags", "+ildct+ilme", "-top", "1"],
    ],
    [
      "MPEG-TS",
      "mpeg2",
      "16:9 of 4:3 pixels",
      "ts",
      ["-c:v", "mpeg2video", "-q:v", "2"],
      { filter: "scale=192:96,setsar=4/3" },
    ],
    ["MPEG-PS", "mpeg1", "25/s", "mpg", ["-c:v", "mpeg1video", "-q:v", "2"]],
    ["MP4", "h264", "turned by 180°", "mp4", X264, { copied: { after: ["-metadata:s:v", "rotate=180"] } }],
    [
      "MP4",
      "h264",
      "cut by an edit list",
      "mp4",
      X264,
      { copied: { before: ["-ss", "0.28"], after: [] }, earlier: 0.28 },
    ],
    [
      "MOV",
      "hevc",
      "cut by an edit list",
      "mov",
      X265(""),
      { copied: { before: ["-ss", "0.28"], after: [] }, earlier: 0.28 },
    ],
    ["MP4", "h264", "B-frames before 0", "mp4", [...X264, "-bf", "4", "-movflags", "+negative_cts_offsets"]],
    ["MP4", "h264", "no edit list", "mp4", [...X264, "-bf", "4", "-use_editlist", "0"]],
    [
      "MKV",
      "h264",
      "times before 0",
      "mkv",
      [...X264, "-bf", "3", "-avoid_negative_ts", "disabled"],
      { copied: { before: ["-itsoffset", "-0.2"], after: ["-avoid_negative_ts", "disabled"] } },
    ],
    ["MP4", "h264", "open GOP", "mp4", [...X264, "-bf", "3", "-g", "6", "-x264opts", "open-gop=1"]],
    ["MP4", "h264", "one key frame", "mp4", [...X264, "-g", "999", "-bf", "3"]],
    ["MP4", "h264", "intra refresh", "mp4", [...X264, "-x264opts", "intra-refresh=1", "-bf", "0"]],
    ["fragmented MP4", "h264", "25/s", "mp4", [...X264, "-g", "5", "-movflags", "+frag_keyframe+empty_moov"]],
    [
      "fragmented MP4",
      "h264",
      "CMAF, index in front",
      "mp4",
      [...X264, "-g", "5", "-movflags", "+cmaf+dash+delay_moov+global_sidx"],
    ],
    ["MP4", "h264", "grey", "mp4", ["-c:v", "libx264", "-crf", "12", "-pix_fmt", "gray"]],
    ["MP4", "h264", "4:4:4 RGB", "mp4", ["-c:v", "libx264rgb", "-crf", "12"]],
    ["MP4", "h264", "lossless", "mp4", ["-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv444p"]],
    ["MP4", "hevc", "4:2:2, 10 bit", "mp4", [...X265(""), "-pix_fmt", "yuv422p10le"]],
    ["MP4", "hevc", "4:4:4, 12 bit", "mp4", [...X265(""), "-pix_fmt", "yuv444p12le"]],
    [
      "MP4",
      "hevc",
      "full range",
      "mp4",
      [...X265(":range=full"), "-pix_fmt", "yuvj420p"],
      { filter: "scale=out_range=pc" },
    ],
    [
      "MP4",
      "av1",
      "10 bit",
      "mp4",
      ["-c:v", "libaom-av1", "-crf", "12", "-cpu-used", "8", "-pix_fmt", "yuv420p10le"],
    ],
    ["WebM", "vp9", "4:4:4", "webm", [...VP9, "-profile:v", "1", "-pix_fmt", "yuv444p"]],
    ["WebM", "vp9", "odd size", "webm", [...VP9, "-pix_fmt", "yuv420p"], { filter: "scale=255:95" }],
    ["WebM", "vp8", "odd size", "webm", VP8, { filter: "scale=251:93" }],
    [
      "WebM",
      "vp9",
      "anamorphic 2:1",
      "webm",
      [...VP9, "-pix_fmt", "yuv420p"],
      { filter: "scale=128:96,setsar=2" },
    ],
    [
      "MOV",
      "prores",
      "anamorphic, full HD",
      "mov",
      ["-c:v", "prores_ks", "-profile:v", "0"],
      { filter: "scale=192:96,setsar=4/3" },
    ],
    [
      "MOV",
      "dnxhd",
      "25/s",
      "mov",
      ["-c:v", "dnxhd", "-profile:v", "dnxhr_sq", "-pix_fmt", "yuv422p"],
      { filter: "scale=512:192" },
    ],
    ["AVI", "huffyuv", "25/s", "avi", ["-c:v", "huffyuv"]],
    ["AVI", "rawvideo", "25/s", "avi", ["-c:v", "rawvideo", "-pix_fmt", "yuv420p"]],
    ["AVI", "h264", "B-frames", "avi", [...X264, "-bf", "2"]],
    ["ASF", "wmv2", "25/s", "wmv", ["-c:v", "wmv2", "-q:v", "2"]],
    ["FLV", "h264", "25/s", "flv", X264],
    ["FLV", "flv1", "25/s", "flv", ["-c:v", "flv", "-q:v", "2"]],
    ["3GP", "h263", "352 × 288", "3gp", ["-c:v", "h263", "-q:v", "2"], { filter: "scale=352:288,setsar=1" }],
    ["Ogg", "theora", "25/s", "ogv", ["-c:v", "libtheora", "-q:v", "10"]],
    ["MXF", "mpeg2", "25/s", "mxf", ["-c:v", "mpeg2video", "-q:v", "2"]],
    ["IVF", "vp8", "25/s", "ivf", VP8],
    ["raw", "h264", "no container", "h264", [...X264, "-bf", "0"]],
    ["Y4M", "rawvideo", "25/s", "y4m", ["-pix_fmt", "yuv420p"]],
    ["MJPEG", "mjpeg", "no container", "mjpeg", ["-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj420p"]],
    ["MP4", "h264", "clock from 10 s", "mp4", [...X264, "-output_ts_offset", "10"]],
    ["MKV", "vp9", "120/s", "mkv", [...VP9, "-pix_fmt", "yuv420p"], { rate: 120 }],
    ["WebM", "vp9", "1/s", "webm", [...VP9, "-pix_fmt", "yuv420p"], { rate: 1 }],
    ["AVI", "mpeg4", "15/s", "avi", ["-c:v", "mpeg4", "-q:v", "2"], { rate: 15 }],
    ["MP4", "h264", "12.5/s", "mp4", X264, { rate: 12.5 }],
    ["MP4", "h264", "240/s", "mp4", X264, { rate: 240 }],
    ["GIF", "gif", "10/s", "gif", ["-c:v", "gif"], { rate: 10 }],
    ["WebP", "webp", "animated", "webp", ["-c:v", "libwebp_anim", "-lossless", "1", "-loop", "0"]],
  ] as const satisfies readonly Row[]
).map(caseOf("video"));
