import { throwIfCancelled } from "../../../job/errors.ts";
import type { RgbaImage } from "../../../core/image.ts";
import { cropFace, type FaceRect } from "../../../lip-models/frames/face-crop.ts";
import { type LipFramesManifest } from "../../../lip-models/manifest/manifest.ts";
import { windowStart } from "../../../lip-models/frames/mel-window.ts";
import { pasteBack } from "../../../lip-models/frames/paste-back.ts";
import type { InferFaces } from "../../../worker-rpc/lip-model-api.ts";

/** One face of a frame that a model is to generate. */
export interface ModelFace {
  readonly rect: FaceRect;
  /** 0 leaves the face as it is, 1 is full. */
  readonly strength: number;
  /** Number of its voice. */
  readonly voice: number;
  /** Instant of the voice in seconds; outside the voice the model gets silence. */
  readonly voiceSeconds: number;
}

/** A frame and what is to be pasted on it. */
export interface ModelFrame {
  /** Painted in place, around its faces alone; must stay untouched by others until it comes out again. */
  readonly image: RgbaImage;
  readonly faces: readonly ModelFace[];
}

/** A model and the voices that it got. */
export interface FaceInference {
  readonly manifest: LipFramesManifest;
  readonly batch: number;
  /** Mel columns of each voice. */
  readonly columns: readonly number[];
  readonly inferFaces: InferFaces;
  readonly frameSeconds: number;
  /** No batch reaches over a multiple of this many frames, so that an output's segments do not depend on each other. */
  readonly segmentFrames?: number;
  /** An earlier frame, for the models that want to see the first one beside every frame. */
  readonly lead?: ModelFrame;
}

/** First mel column of a face's window: silence lies beyond the last one. */
function columnOf({ manifest, columns, frameSeconds }: FaceInference, face: ModelFace): number {
  const count = columns[face.voice]!;
  const { audio } = manifest;
  const duration = (count * audio.hopSize) / audio.sampleRateHz;
  if (face.voiceSeconds < 0 || face.voiceSeconds > duration) return count;
  const { trained, any } = manifest.frameRate;
  const seconds = any ? face.voiceSeconds : Math.floor(face.voiceSeconds * trained + 1e-6) / trained;
  return windowStart(seconds, frameSeconds, count, audio);
}

/**
 * Paints the faces of a stream of frames in batches and gives the frames back in order; holds at most a batch.
 * @throws EngineError `job/cancelled`, and what the model's worker throws.
 */
export async function* inferFrames<Frame extends ModelFrame>(
  frames: AsyncIterable<Frame>,
  inference: FaceInference,
  signal: AbortSignal,
): AsyncGenerator<Frame> {
  const { manifest, batch, inferFaces, segmentFrames = Infinity } = inference;
  let waiting: Frame[] = [];
  /** The first picture of each voice's face, for models that want to see it beside every frame. */
  const firsts = new Map<number, RgbaImage>();
  const referenceFor = (voice: number, cut: RgbaImage): RgbaImage | null => {
    if (manifest.references.source === "same-frame") return null;
    const first = firsts.get(voice) ?? cut;
    firsts.set(voice, first);
    return first;
  };
  for (const { rect, strength, voice } of inference.lead?.faces ?? []) {
    if (strength > 0) referenceFor(voice, cropFace(inference.lead!.image, rect, manifest.size));
  }

  async function finish(): Promise<Frame[]> {
    throwIfCancelled(signal);
    const jobs = waiting.flatMap(({ image, faces }) =>
      faces
        .filter((face) => face.strength > 0)
        .map((face) => ({ image, face, cut: cropFace(image, face.rect, manifest.size) })),
    );
    if (jobs.length > 0) {
      const generated = await inferFaces(
        jobs.map(({ face, cut }) => ({
          face: cut,
          reference: referenceFor(face.voice, cut),
          voice: face.voice,
          column: columnOf(inference, face),
        })),
      );
      for (const [i, { image, face, cut }] of jobs.entries()) {
        pasteBack(image, {
          rect: face.rect,
          face: cut,
          generated: generated[i]!,
          paste: manifest.paste,
          strength: face.strength,
        });
      }
    }
    const done = waiting;
    waiting = [];
    return done;
  }

  let faces = 0;
  let count = 0;
  for await (const frame of frames) {
    waiting.push(frame);
    count++;
    faces += frame.faces.filter(({ strength }) => strength > 0).length;
    // Frames without a face cost nothing but memory, so they wait no longer than a batch either.
    if (faces < batch && waiting.length < batch * 2 && count % segmentFrames !== 0) continue;
    faces = 0;
    yield* await finish();
  }
  yield* await finish();
}
