/** One film of the picture. */
export interface Panel {
  /** Address of the film, for the page. */
  readonly url: string;
  /** Second of the film with which the picture begins. */
  readonly from: number;
  readonly words: string;
  readonly language: string;
}

/**
 * Draws the panels side by side, each with what it says. Runs in a page, so it stands alone.
 * @param times seconds from the beginning, one a frame.
 * @returns PNG data URLs.
 */
export async function composeFrames({
  panels,
  size,
  times,
}: {
  readonly panels: readonly Panel[];
  readonly size: { readonly width: number; readonly height: number };
  readonly times: readonly number[];
}): Promise<string[]> {
  const films = await Promise.all(
    panels.map(async ({ url }) => {
      const film = document.createElement("video");
      film.muted = true;
      film.preload = "auto";
      // A page of its own origin only: the film as a blob, which can be sought everywhere.
      film.src = URL.createObjectURL(await (await fetch(url)).blob());
      await new Promise((resolve, reject) => {
        film.onloadeddata = resolve;
        film.onerror = () => reject(new Error("a film could not be read"));
      });
      return film;
    }),
  );
  const canvas = document.createElement("canvas");
  canvas.width = size.width * panels.length;
  canvas.height = size.height;
  const context = canvas.getContext("2d")!;
  context.imageSmoothingQuality = "high";
  const frames: string[] = [];
  for (const time of times) {
    for (const [i, film] of films.entries()) {
      const at = Math.min(panels[i]!.from + time, film.duration - 0.02);
      const sought = new Promise((resolve) => (film.onseeked = resolve));
      film.currentTime = at + 0.001;
      await sought;
      const scale = Math.max(size.width / film.videoWidth, size.height / film.videoHeight);
      const [w, h] = [size.width / scale, size.height / scale];
      const [x, y] = [(film.videoWidth - w) / 2, 0];
      context.drawImage(film, x, y, w, h, i * size.width, 0, size.width, size.height);
    }
    const shade = context.createLinearGradient(0, size.height - 70, 0, size.height);
    shade.addColorStop(0, "rgb(0 0 0 / 0)");
    shade.addColorStop(1, "rgb(0 0 0 / .72)");
    context.fillStyle = shade;
    context.fillRect(0, size.height - 70, canvas.width, 70);
    for (const [i, { words, language }] of panels.entries()) {
      context.fillStyle = "rgb(255 255 255 / .75)";
      context.font = "600 11px system-ui, sans-serif";
      context.fillText(language.toUpperCase(), i * size.width + 14, size.height - 31);
      context.fillStyle = "white";
      context.font = "italic 14px Georgia, 'DejaVu Serif', serif";
      context.fillText(words, i * size.width + 14, size.height - 13, size.width - 24);
    }
    frames.push(canvas.toDataURL("image/png"));
  }
  for (const film of films) URL.revokeObjectURL(film.src);
  return frames;
}
