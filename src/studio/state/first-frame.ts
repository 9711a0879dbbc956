const PATIENCE_MS = 8000;
/** A little into the video, past a black first frame. */
const AT_SECONDS = 0.1;

/**
 * The first frame of a video and its length.
 * @returns undefined when this browser does not play the video.
 */
export async function firstFrame(
  url: string,
): Promise<{ readonly picture: Blob; readonly durationSeconds: number } | undefined> {
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  const seen = new Promise<boolean>((resolve) => {
    video.onseeked = () => resolve(true);
    video.onerror = () => resolve(false);
    setTimeout(() => resolve(false), PATIENCE_MS);
    video.onloadeddata = () => {
      video.currentTime = Math.min(AT_SECONDS, (video.duration || 0) / 2);
    };
  });
  video.src = url;
  if (!(await seen) || video.videoWidth === 0) return undefined;
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext("2d")!.drawImage(video, 0, 0);
  const durationSeconds = Number.isFinite(video.duration) ? video.duration : 0;
  video.removeAttribute("src");
  video.load();
  return { picture: await canvas.convertToBlob({ type: "image/png" }), durationSeconds };
}
