import { resizeImage } from "../image/resize-image.ts";
import { yuvToRgba } from "../planes/frame-planes.ts";
import { SAME_ASPECT } from "../planes/letterbox.ts";
import { createFrameScaler } from "../planes/frame-scaler.ts";
import { eightBitPlanes, isTransparent, layPixelsOnGrey, type StoredFrame } from "../planes/stored-planes.ts";
import { createWideConverter } from "../planes/wide-colour.ts";
import { joinPlanes, type Picture } from "../planes/picture.ts";
import { yuvMatrixOf } from "../planes/plane-colour.ts";
import { planesBytes, type StoredPlanes, type VideoFacts } from "../demux/video-facts.ts";

interface Size {
  readonly width: number;
  readonly height: number;
}

const isEven = ({ width, height }: Size) => width % 2 === 0 && height % 2 === 0;

/** What ffmpeg makes of a decoded frame. */
export interface RawFormat {
  readonly filters: string;
  readonly frameBytes: number;
}

const FLAGS = "accurate_rnd+full_chroma_int";

/**
 * Fits frames of another shape than the first one's into its room, between black bars. The shape is the one shown: size
 * or pixels' aspect may change in the middle, and both so that the shape stays. @param aspect of what is shown, width by height.
 */
function fitted({ width, height }: Size, aspect: number, format: string, options = ""): string {
  const side = (room: number, share: string) =>
    `'if(lt(abs(dar/${aspect}-1),${SAME_ASPECT}),${room},max(2,2*round(${room}*min(1,${share})/2)))'`;
  const size = `${side(width, `dar/${aspect}`)}:${side(height, `${aspect}/dar`)}`;
  const bars = `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:eval=frame`;
  return `scale=${size}:eval=frame:flags=bicubic+${FLAGS}${options},format=${format},${bars}`;
}

/** Planes as they are stored, or rounded to as many bits and half as much chroma each way; their range stays as it is. */
function planesFormat(planes: StoredPlanes, aspect: number): RawFormat {
  const { format, fullRange } = planes;
  const range = fullRange && format !== "yuvj420p" ? ":in_range=pc:out_range=pc" : "";
  // Bars cannot begin between samples of chroma, and ffmpeg rounds odd sides for their sake.
  const whole = isEven(planes) ? "" : `,scale=flags=bicubic+${FLAGS}${range},format=${format}`;
  const between = isEven(planes) ? format : format.replace("420", "444");
  return { filters: fitted(planes, aspect, between, range) + whole, frameBytes: planesBytes(planes) };
}

function pixelsFormat({ width, height }: Size, stored: Size, aspect: number): RawFormat {
  const resized = `scale=${width}:${height}:flags=lanczos+${FLAGS}`;
  return {
    filters: `${fitted(stored, aspect, "rgba", ":out_range=pc")},${resized},setsar=1,format=rgba`,
    frameBytes: width * height * 4,
  };
}

/** The raw frames to ask ffmpeg for: planes where they are kept as such, else pixels of the wanted size. */
export function rawFormat({ planes, stored, width, height }: VideoFacts, size: Size): RawFormat {
  const aspect = width / height;
  return planes ? planesFormat(planes, aspect) : pixelsFormat(size, stored, aspect);
}

/** The planes in what ffmpeg gave of a frame. */
function storedFrame(
  { width, height, bits, alpha }: StoredPlanes,
  bytes: Uint8Array<ArrayBuffer>,
): StoredFrame {
  const samples = bits > 8 ? new Uint16Array(bytes.buffer) : bytes;
  const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  let at = 0;
  const next = (size: Size) => {
    const length = size.width * size.height;
    return { ...size, data: samples.subarray(at, (at += length)) };
  };
  const planes = [next({ width, height }), next(half), next(half)] as const;
  return { planes, alpha: alpha ? next({ width, height }) : null, bits };
}

/** Turns what ffmpeg gave of a frame into a picture of the wanted size, which is the caller's. */
export function pictureMaker(
  { planes, alpha }: VideoFacts,
  size: Size,
  onTransparent: () => void,
): (bytes: Uint8Array<ArrayBuffer>) => Picture {
  if (!planes) {
    return ({ buffer }) => {
      const image = { ...size, data: new Uint8ClampedArray(buffer) };
      if (alpha && image.data.some((value, i) => i % 4 === 3 && value < 255)) {
        onTransparent();
        layPixelsOnGrey(image);
      }
      return image;
    };
  }
  const stored = (bytes: Uint8Array<ArrayBuffer>) => {
    const frame = storedFrame(planes, bytes);
    if (isTransparent(frame)) onTransparent();
    return frame;
  };
  const { colour } = planes;
  if (!colour) {
    const convert = createWideConverter(planes.wide!);
    return (bytes) => {
      const frame = stored(bytes);
      const image = convert(frame);
      if (frame.alpha) layPixelsOnGrey(image, frame.alpha, frame.bits);
      return resizeImage(image, size.width, size.height);
    };
  }
  const scale = createFrameScaler(size);
  const same = planes.width === size.width && planes.height === size.height;
  return (bytes) => {
    if (same && isEven(size) && !planes.alpha) return { ...size, data: bytes, colour };
    const scaled = scale(eightBitPlanes(stored(bytes), colour.fullRange));
    if (isEven(size)) return joinPlanes(scaled, colour);
    return yuvToRgba({ planes: scaled, matrix: yuvMatrixOf(colour), fullRange: colour.fullRange });
  };
}
