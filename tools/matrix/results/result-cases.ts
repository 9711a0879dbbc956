import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** A file that people have, and what a video of it has to be. */
export interface ResultCase {
  /** Folder and name below the shared media. */
  readonly name: string;
  /** What the file is in the job: its voice, its video, or the model that paints the lips. */
  readonly role: "voice" | "video" | "model";
  /** Where a model's net runs. */
  readonly backend?: "wasm" | "webgpu";
  /** Frames a second of the result. */
  readonly fps: number;
  /** Codes of the warnings that have to be told, and no others but {@link ALWAYS_FINE}. */
  readonly told: readonly string[];
  /** Filter that makes a channel of its own the voice that counts, where the mean of all is not what people hear. */
  readonly heard?: string;
  /** How the pictures are understood where swscale's own reading of them is another: see `sourceThumbs`. */
  readonly seen?: "over light grey" | "hlg" | "bt709" | "full range";
  /** A voice without words. */
  readonly silent?: true;
}

/** Warnings about the size of the picture and its faces, which say nothing about how a file was read. */
export const ALWAYS_FINE = new Set([
  "picture/not-enlarged",
  "video/not-enlarged",
  "mouth/small",
  "face/small",
  "face/largest",
  "face/turned",
  "face/weakened",
  "video/largest-face",
  "video/speaking-face",
  "video/faceless",
  "model/licence",
]);

type Row = readonly [
  name: string,
  role: ResultCase["role"],
  told?: readonly string[],
  more?: Partial<ResultCase>,
];

const FAULTS: readonly Row[] = [
  ["one_frame.mp4", "video"],
  ["two_frames.mp4", "video"],
  ["still_1fps.mp4", "video"],
  ["freeze_vfr.mp4", "video"],
  ["dup_ts.mp4", "video"],
  ["hlg_hevc.mp4", "video", ["video/hdr"], { seen: "hlg" }],
  ["alpha.webm", "video", ["video/transparent"], { seen: "over light grey" }],
  ["mixrate.mp3", "voice"],
  // ffmpeg 5.1 mixes what becomes stereo in mid-file 3 dB too loud.
  ["mono_then_stereo.mp3", "voice", [], { heard: "pan=mono|c0=c0" }],
  ["bad.m4a", "voice", ["sound/damaged"]],
  ["chained.ogg", "voice"],
  ["ts_default.ts", "voice"],
  ["antiphase.wav", "voice", [], { heard: "pan=mono|c0=c0" }],
  ["six_channels.onnx", "model", [], { backend: "wasm" }],
  ["six_channels.onnx", "model", [], { backend: "webgpu" }],
  ["resize_antialias.onnx", "model", [], { backend: "wasm" }],
  ["resize_antialias.onnx", "model", ["model/device-refused"], { backend: "webgpu" }],
];

/** What is special about files of the other folders; the rest gives 25 frames a second and tells nothing. */
const SPECIAL: Readonly<Record<string, Partial<ResultCase>>> = {
  "h264_5994fps_noaudio.mp4": { fps: 60_000 / 1001 },
  "vfr_h264.mp4": { fps: 30 },
  "silence_5s_48k.flac": { silent: true, told: ["voice/unheard"] },
  "synth_talk_turns_and_leaves_30fps.mp4": { fps: 30 },
  "synth_two_people_25fps.mp4": { seen: "bt709" },
  "book.mkv": { fps: 30, seen: "full range" },
  "hungry.mkv": { fps: 30, seen: "full range" },
  "thanks.mkv": { fps: 30, seen: "full range" },
  "yes.mkv": { fps: 30, seen: "full range" },
};

const SOUND = /\.(wav|mp3|m4a|ogg|flac)$|jfk_opus\.webm$/;

/** Every case whose file lies below `media`. */
export function resultCases(media: string): ResultCase[] {
  const faults = FAULTS.map(([name, role, told = [], more = {}]) => ({
    name: `faults/${name}`,
    role,
    told,
    fps: 25,
    ...more,
  }));
  const others = ["containers", "video"].flatMap((folder) =>
    (existsSync(join(media, folder)) ? readdirSync(join(media, folder)) : []).sort().map((file) => ({
      name: `${folder}/${file}`,
      role: SOUND.test(file) ? ("voice" as const) : ("video" as const),
      told: [],
      fps: file.endsWith(".gif") ? 36 : 25,
      ...SPECIAL[file],
    })),
  );
  return [...faults, ...others].filter(({ name }) => existsSync(join(media, name)));
}
