/** Chromium's way to make a video track of frames that any thread writes. @see https://w3c.github.io/mediacapture-transform/ */
interface TrackGenerator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}

/** A video track and where its frames are written. */
export interface CapturedTrack {
  readonly track: MediaStreamTrack;
  /** null where the browser takes the frames from the canvas itself. */
  readonly frames: WritableStream<VideoFrame> | null;
}

/**
 * A video track of a face. Where the browser lets frames be written, the track goes on in pages that nobody sees; elsewhere
 * it is what the canvas shows.
 */
export function createCapturedTrack(canvas: HTMLCanvasElement, fps: number): CapturedTrack {
  const { MediaStreamTrackGenerator: Generator } = globalThis as {
    MediaStreamTrackGenerator?: new (init: { kind: "video" }) => TrackGenerator;
  };
  if (Generator) {
    const track = new Generator({ kind: "video" });
    return { track, frames: track.writable };
  }
  const [track] = canvas.captureStream(fps).getVideoTracks();
  return { track: track!, frames: null };
}
