import { EngineError, throwIfCancelled } from "../../job/errors.ts";
import type { RgbaImage } from "../../core/image.ts";
import { cropFace, type FaceRect } from "../../lip-models/face-crop.ts";
import { parseManifest, type LipFramesManifest } from "../../lip-models/manifest.ts";
import { windowStart } from "../../lip-models/mel-window.ts";
import { pasteBack } from "../../lip-models/paste-back.ts";
import type { LipModelScene, PaintFaces } from "../../worker-rpc/plugin-api.ts";

/** One face of a frame that a model is to paint. */
export interface PluginFace {
  readonly rect: FaceRect;
  /** 0 leaves the face as it is, 1 is full. */
  readonly strength: number;
  /** Number of its voice. */
  readonly voice: number;
  /** Instant of the voice in seconds; outside the voice the model hears silence. */
  readonly voiceSeconds: number;
}

/** A frame and what is to be painted on it. */
export interface PluginFrame {
  /** Painted in place, around its faces alone; must stay untouched by others until it comes out again. */
  readonly image: RgbaImage;
  readonly faces: readonly PluginFace[];
}

/** A model and the voices that it heard. */
export interface PluginBrush {
  readonly manifest: LipFramesManifest;
  readonly batch: number;
  /** Mel columns of each voice. */
  readonly columns: readonly number[];
  readonly paint: PaintFaces;
  readonly frameSeconds: number;
  /** Share of change of each pixel of a frame, 0 to 255. */
  readonly shares?: Uint8Array;
  /** No batch reaches over a multiple of this many frames, so that a film's segments do not depend on each other. */
  readonly segmentFrames?: number;
  /** An earlier frame, for the models that want to see the first one beside every frame. */
  readonly lead?: PluginFrame;
}

/** The manifest of an open model, checked again on this side of the thread. */
export function lipFramesOf(model: LipModelScene): LipFramesManifest {
  const manifest = parseManifest(model.manifest);
  if (manifest.role === "lip-frames") return manifest;
  throw new EngineError("internal/bug", `The model ${manifest.id} does not paint faces. Please report this.`);
}

/** First mel column of a face's window: silence lies beyond the last one. */
function columnOf({ manifest, columns, frameSeconds }: PluginBrush, face: PluginFace): number {
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
export async function* paintFrames<Frame extends PluginFrame>(
  frames: AsyncIterable<Frame>,
  brush: PluginBrush,
  signal: AbortSignal,
): AsyncGenerator<Frame> {
  const { manifest, batch, paint, shares, segmentFrames = Infinity } = brush;
  let waiting: Frame[] = [];
  /** The first picture of each voice's face, for models that want to see it beside every frame. */
  const firsts = new Map<number, RgbaImage>();
  const referenceFor = (voice: number, cut: RgbaImage): RgbaImage | null => {
    if (manifest.references.source === "same-frame") return null;
    const first = firsts.get(voice) ?? cut;
    firsts.set(voice, first);
    return first;
  };
  for (const { rect, strength, voice } of brush.lead?.faces ?? []) {
    if (strength > 0) referenceFor(voice, cropFace(brush.lead!.image, rect, manifest.size));
  }

  async function finish(): Promise<Frame[]> {
    throwIfCancelled(signal);
    const jobs = waiting.flatMap(({ image, faces }) =>
      faces
        .filter((face) => face.strength > 0)
        .map((face) => ({ image, face, cut: cropFace(image, face.rect, manifest.size) })),
    );
    if (jobs.length > 0) {
      const painted = await paint(
        jobs.map(({ face, cut }) => ({
          face: cut,
          reference: referenceFor(face.voice, cut),
          voice: face.voice,
          column: columnOf(brush, face),
        })),
      );
      for (const [i, { image, face, cut }] of jobs.entries()) {
        pasteBack(image, {
          rect: face.rect,
          face: cut,
          generated: painted[i]!,
          paste: manifest.paste,
          strength: face.strength,
          ...(shares ? { shares } : {}),
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
