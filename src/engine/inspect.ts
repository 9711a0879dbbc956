import { throwIfCancelled, toEngineError } from "../job/errors.ts";
import type { Box } from "../core/face.ts";
import type { RgbaImage } from "../core/image.ts";
import type { Backend } from "../job/job.ts";
import { ARTICULATORS, MOUTH_RATE_HZ } from "../core/mouth.ts";
import { tellWarning } from "../job/sentences/english.ts";
import { warning, type JobWarning } from "../job/warnings.ts";
import type { BackendReport, FaceData } from "../worker-rpc/inference-api.ts";
import { proxy, transfer } from "../worker-rpc/rpc.ts";
import { articulationSpans, type ArticulationSpan } from "../core/articulation-spans.ts";
import type { Workers } from "./workers/workers.ts";

export type { BackendReport };

/** A point as fractions of the picture's width and height. */
export type PicturePoint = readonly [x: number, y: number];

/** A face as an interface draws and judges it before anything is generated. */
export interface FaceOutline {
  /** In fractions of the picture. */
  readonly box: Box;
  /** Outline of the face, closed. */
  readonly oval: readonly PicturePoint[];
  /** Outer outline of the lips, closed. */
  readonly lips: readonly PicturePoint[];
  /** Degrees to the side, signed. */
  readonly yawDeg: number;
  readonly pitchDeg: number;
  /** Distance between the lip corners in pixels of the source picture. */
  readonly mouthWidthPx: number;
  /** Probability that the crop shows a whole face; low when something covers it. */
  readonly presence: number;
}

/** What a look at a picture tells. */
export interface PictureFacts {
  readonly width: number;
  readonly height: number;
  /** Largest first. */
  readonly faces: readonly FaceOutline[];
  /** The picture as a JPEG for an `<img>`, where the browser cannot show the file itself (HEIC but in Safari). */
  readonly preview: Blob | null;
  readonly warnings: readonly JobWarning[];
  readonly backend: BackendReport;
}

/** What listening to a voice tells. */
export interface VoiceFacts {
  readonly durationSeconds: number;
  /** Peak of every 10 ms in [0, 1]. */
  readonly envelope: Float32Array;
  /** Opening of the mouth every 10 ms in [0, 1]; null until the networks have listened. */
  readonly aperture: Float32Array | null;
  /** What the mouth does, in order; null until the networks have listened. */
  readonly spans: readonly ArticulationSpan[] | null;
  readonly warnings: readonly JobWarning[];
}

const PREVIEW_PIXELS = 2_500_000;
const PCM_RATE_HZ = 16_000;

/** Face oval and outer lips of the 468-point mesh, in drawing order (MediaPipe's canonical face model). */
const OVAL = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
  150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];
const LIPS = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185];
const LIP_CORNERS = [61, 291] as const;

function outline(face: FaceData, width: number, height: number, sourceScale: number): FaceOutline {
  const { points, presence } = face.landmarks;
  const at = (index: number): PicturePoint => [points[index * 3]! / width, points[index * 3 + 1]! / height];
  const [left, right] = LIP_CORNERS;
  const { box } = face.detection;
  return {
    box: { x: box.x / width, y: box.y / height, width: box.width / width, height: box.height / height },
    oval: OVAL.map(at),
    lips: LIPS.map(at),
    yawDeg: face.pose.yawDeg,
    pitchDeg: face.pose.pitchDeg,
    mouthWidthPx:
      Math.hypot(points[left * 3]! - points[right * 3]!, points[left * 3 + 1]! - points[right * 3 + 1]!) *
      sourceScale,
    presence,
  };
}

async function asJpeg({ data, width, height }: RgbaImage): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")!.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
}

/**
 * Looks at a picture: its size and every face in it.
 * @throws EngineError `input/image…` when it cannot be read, `model/…` or `device/…` when the networks fail.
 */
export async function analysePicture(
  workers: Workers,
  picture: Blob,
  backend: Backend | undefined,
): Promise<PictureFacts> {
  try {
    const starting = workers.startInference(backend);
    starting.catch(() => undefined);
    const decoded = await workers.media().decodePicture(picture, PREVIEW_PIXELS);
    const report = await starting;
    const { width, height } = decoded.image;
    const faces = await workers.inference(backend).analyse(decoded.image);
    const scale = decoded.sourceWidth / width;
    const preview = decoded.foreign ? await asJpeg(decoded.image) : null;
    return {
      width: decoded.sourceWidth,
      height: decoded.sourceHeight,
      faces: faces.map((face) => outline(face, width, height, scale)),
      preview,
      warnings: [...decoded.warnings, ...(isSecureContext ? [] : [warning("page/insecure")])].map(
        tellWarning,
      ),
      backend: report,
    };
  } catch (error) {
    throw toEngineError(error);
  }
}

function peaks(pcm: Float32Array): Float32Array {
  const step = PCM_RATE_HZ / MOUTH_RATE_HZ;
  const out = new Float32Array(Math.ceil(pcm.length / step));
  for (let i = 0; i < pcm.length; i++) {
    const slot = Math.floor(i / step);
    out[slot] = Math.max(out[slot]!, Math.min(1, Math.abs(pcm[i]!)));
  }
  return out;
}

/**
 * Reads a voice: its waveform at once through `onWave`, then how far it opens the mouth.
 * @throws EngineError `input/audio…`, `codec/missing`, `model/…` or `device/…`.
 */
export async function analyseVoice(
  workers: Workers,
  voice: Blob,
  options: {
    readonly backend?: Backend;
    readonly maxSeconds: number;
    readonly signal: AbortSignal;
    readonly onWave: (facts: VoiceFacts) => void;
  },
): Promise<VoiceFacts> {
  const { signal } = options;
  const ignore = proxy(() => undefined);
  try {
    const decoded = await workers.sound().decodeVoice(voice, options.maxSeconds, signal, ignore, null);
    throwIfCancelled(signal);
    const facts: VoiceFacts = {
      durationSeconds: decoded.durationSeconds,
      envelope: peaks(decoded.pcm),
      aperture: null,
      spans: null,
      warnings: decoded.warnings.map(tellWarning),
    };
    options.onWave(facts);
    await workers.startInference(options.backend);
    const track = await workers
      .inference(options.backend)
      .mouthOf(transfer(decoded.pcm, [decoded.pcm.buffer]), signal, ignore);
    const width = ARTICULATORS.length;
    const column = ARTICULATORS.indexOf("aperture");
    const aperture = Float32Array.from(
      { length: track.frames },
      (_, frame) => track.articulation[frame * width + column]!,
    );
    return {
      ...facts,
      aperture,
      spans: articulationSpans(track),
      warnings: [...decoded.warnings, ...track.warnings].map(tellWarning),
    };
  } catch (error) {
    throw toEngineError(error);
  }
}
