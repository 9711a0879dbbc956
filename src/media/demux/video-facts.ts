import { DEFAULT_FRAME_RATE } from "./frame-rate.ts";
import { matrixBehind, planeColourOf, type PlaneColour } from "../planes/plane-colour.ts";
import { wideColourOf, type WideColour } from "../planes/wide-colour.ts";

/** What ffmpeg's log says about a file. */
export interface VideoFacts {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly durationSeconds: number;
  /** Where the file's time begins on its own clock; see `fileStart`. */
  readonly startSeconds: number;
  readonly bitrate: number;
  readonly codec: string;
  readonly hasAudio: boolean;
  /** Null where ffmpeg's pixels are taken: no planes of luma and chroma, or frames too large to hand over. */
  readonly planes: StoredPlanes | null;
  /** Size of the frames upright, before pixels are made square. */
  readonly stored: { readonly width: number; readonly height: number };
  /** Whether pixels may be transparent. */
  readonly alpha: boolean;
  /** ffmpeg's decoder that gives the alpha of a stream whose usual one leaves it out. */
  readonly alphaDecoder: "libvpx" | "libvpx-vp9" | null;
  /** Whether it is a transport stream, whose clock may begin anew in the middle. */
  readonly broadcast: boolean;
  /** High dynamic range. */
  readonly hdr: boolean;
}

/** The planes of a video as ffmpeg gives them: 4:2:0, upright, before pixels are made square. */
export interface StoredPlanes {
  readonly width: number;
  readonly height: number;
  /** ffmpeg's name of that format; `j` stands for full range, `a` for a fourth plane of alphas. */
  readonly format: "yuv420p" | "yuvj420p" | "yuva420p" | "yuv420p10le" | "yuva420p10le";
  /** 10 for wide colours, else 8. */
  readonly bits: 8 | 10;
  readonly alpha: boolean;
  /** Of usual planes, which are passed on; null where they are converted. */
  readonly colour: PlaneColour | null;
  /** Of those that are converted. */
  readonly wide: WideColour | null;
  readonly fullRange: boolean;
}

/** Larger frames are scaled down by ffmpeg itself. */
const MAX_PLANE_BYTES = 32 * 1024 * 1024;

/** Rates that ffmpeg prints rounded. */
const EXACT_RATES = [24_000 / 1001, 30_000 / 1001, 60_000 / 1001, 120_000 / 1001];

/** Rates outside of these are no rates of frames. */
const [MIN_RATE, MAX_RATE] = [0.1, 500] as const;

function exactRate(printed: number): number {
  return EXACT_RATES.find((rate) => Math.abs(rate - printed) < 0.006) ?? printed;
}

/** Formats of pixels, not planes, of which some may be transparent. */
const TRANSPARENT_PIXELS = /, (?:gbrap|rgba|bgra|argb|abgr|pal8|ya8|ya16)/;

/** What a stream's line says of its planes, for instance `yuv420p10le(tv, bt709, progressive)`. */
function readPlanes(
  stream: string,
  size: { readonly width: number; readonly height: number },
  storedHeight: number,
  withAlpha: boolean,
): StoredPlanes | null {
  const found = /, yuv([ja]?)4(?:10|11|20|22|40|44)p(?:\d+[lb]e)?(?:\(([^)]*)\))?,/.exec(stream);
  if (!found) return null;
  const words = (found[2] ?? "").split(", ");
  // Range and field order are words, too; a single name stands for matrix, primaries and transfer.
  const space =
    words.find((word) => !/^(tv|pc|progressive|(top|bottom) )/.test(word) && word !== "") ?? "unknown";
  const [matrix, primaries = matrix, transfer = matrix] = space
    .split("/")
    .map((name) => (name === "unknown" ? null : name)) as [string | null, string?, string?];
  const fullRange = found[1] === "j" || words.includes("pc");
  const told = { matrix, primaries, transfer, fullRange } as Parameters<typeof planeColourOf>[0];
  const behind = matrixBehind(matrix, matrix !== null, storedHeight);
  const wide = wideColourOf(told, behind);
  const colour = wide ? null : planeColourOf(told, behind);
  if (!wide && !colour) return null;
  const alpha = found[1] === "a" || withAlpha;
  const bits = wide ? 10 : 8;
  const format = `yuv${alpha ? "a" : found[1] === "j" && !wide ? "j" : ""}420p${wide ? "10le" : ""}` as const;
  return planesBytes({ ...size, bits, alpha }) > MAX_PLANE_BYTES
    ? null
    : { ...size, format: format as StoredPlanes["format"], bits, alpha, colour, wide, fullRange };
}

/** Bytes of a frame's planes. */
export function planesBytes({
  width,
  height,
  alpha,
  bits,
}: Pick<StoredPlanes, "width" | "height" | "alpha" | "bits">): number {
  const samples = width * height * (alpha ? 2 : 1) + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
  return samples * (bits > 8 ? 2 : 1);
}

/** Size and aspect of the pixels in a stream's line, for instance `720x576 [SAR 16:15 DAR 4:3]`; 1 where none is told. */
function readShape(stream: string) {
  const size = /, (\d{1,6})x(\d{1,6})/.exec(stream);
  if (!size) return undefined;
  const [across, down] = (/SAR (\d+):(\d+)/.exec(stream) ?? []).slice(1).map(Number) as [number?, number?];
  return { width: Number(size[1]), height: Number(size[2]), sar: across && down ? across / down : 1 };
}

/** Reads the log of a trial of ffmpeg, which decodes the first frame; undefined when it lists no pictures. */
export function readVideoFacts(log: readonly string[]): VideoFacts | undefined {
  const streamAt = log.findIndex(
    (line) => /Stream #\S+.*: Video: /.test(line) && !line.includes("(attached pic)"),
  );
  const stream = log[streamAt];
  if (!stream) return undefined;
  const codec = /Video: (\w+)/.exec(stream)?.[1] ?? "unknown";
  const told = readShape(stream);
  if (!told) return undefined;
  const ownLines: string[] = [];
  for (let i = streamAt + 1; i < log.length && !/Stream #|^At least|^Input/.test(log[i]!); i++)
    ownLines.push(log[i]!);
  const rotation = Math.round(Number(/rotation of (-?[\d.]+) degrees/.exec(ownLines.join("\n"))?.[1] ?? 0));
  const turned = Math.abs(rotation) % 180 === 90;
  const first = log.find((line) => line.includes("Video: wrapped_avframe, "));
  const upright = first === undefined ? undefined : readShape(first);
  const turnedBack = upright && { width: upright.height, height: upright.width, sar: 1 / upright.sar };
  // What a stream's line says may be of frames that come later, and have another shape; the first one decoded counts.
  const { width: storedWidth, height: storedHeight, sar } = (turned ? turnedBack : upright) ?? told;
  const square = { width: Math.round(storedWidth * sar), height: storedHeight };
  const stored = turned
    ? { width: storedHeight, height: storedWidth }
    : { width: storedWidth, height: storedHeight };
  // WebM keeps alpha in a stream of its own beside the colours.
  const beside = /alpha_mode\s*: *1/i.test(ownLines.join("\n"));
  const alphaDecoder = !beside ? null : codec === "vp9" ? "libvpx-vp9" : codec === "vp8" ? "libvpx" : null;
  const planes = readPlanes(stream, stored, storedHeight, alphaDecoder !== null);
  const number = (pattern: RegExp) => {
    const match = pattern.exec(stream);
    return match ? Number(match[1]) * (match[2] === "k" ? 1000 : 1) : undefined;
  };
  const rate = number(/([\d.]+)(k?) fps/) ?? number(/([\d.]+)(k?) tbr/) ?? DEFAULT_FRAME_RATE;
  // What no camera does is a container's unit of time, not a rate.
  const fps = rate >= MIN_RATE && rate <= MAX_RATE ? rate : DEFAULT_FRAME_RATE;
  const duration = /Duration: (\d+):(\d+):([\d.]+), start: (-?[\d.]+)/.exec(log.join("\n"));
  const whole = /Duration:.*bitrate: (\d+) kb\/s/.exec(log.join("\n"));
  return {
    width: turned ? square.height : square.width,
    height: turned ? square.width : square.height,
    fps: exactRate(fps),
    durationSeconds: duration
      ? Number(duration[1]) * 3600 + Number(duration[2]) * 60 + Number(duration[3])
      : 0,
    startSeconds: duration ? Math.max(0, Number(duration[4])) : 0,
    bitrate: (number(/ (\d+)() kb\/s/) ?? Number(whole?.[1] ?? 0)) * 1000,
    codec,
    hasAudio: log.some((line) => /Stream #\S+.*: Audio: /.test(line)),
    planes,
    stored,
    alpha: planes ? planes.alpha : TRANSPARENT_PIXELS.test(stream),
    alphaDecoder,
    broadcast: log.some((line) => /^Input #0, mpegts,/.test(line)),
    hdr: /arib-std-b67|smpte2084/.test(stream),
  };
}
