import type { ElementMedia } from "./element-request.ts";

/** Addresses of media, also of those that are bytes. */
export class MediaUrls {
  readonly #urls = new Map<Blob, string>();

  of(media: ElementMedia): string {
    if (typeof media === "string") return media;
    const known = this.#urls.get(media) ?? URL.createObjectURL(media);
    this.#urls.set(media, known);
    return known;
  }

  release(): void {
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
  }
}

/** Saves what is at an address as a file. */
export function saveAs(url: string, fileName: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
}

/** Shows a frame on a canvas of any size. */
export function drawFrame(frame: ImageBitmap, canvas: HTMLCanvasElement): void {
  if (canvas.width !== frame.width || canvas.height !== frame.height) {
    canvas.width = frame.width;
    canvas.height = frame.height;
  }
  canvas.getContext("2d")?.drawImage(frame, 0, 0);
  canvas.classList.add("on");
}

/** Fulfilled when a player ends or is paused. */
export function untilSilent(player: HTMLMediaElement): Promise<void> {
  return new Promise((resolve) => {
    const stopped = () => {
      player.removeEventListener("ended", stopped);
      player.removeEventListener("pause", stopped);
      resolve();
    };
    player.addEventListener("ended", stopped);
    player.addEventListener("pause", stopped);
  });
}
