/** Whether a canvas can be seen, and whether its user wants stillness. */
export interface Sight {
  readonly visible: boolean;
  readonly reducedMotion: boolean;
  close(): void;
}

/**
 * Watches whether `canvas` stands on the screen of a page that is shown, and the user's wish for less motion.
 * @param onChange called after each change.
 */
export function watchVisibility(canvas: HTMLCanvasElement, onChange: () => void): Sight {
  const closing = new AbortController();
  const motion = matchMedia("(prefers-reduced-motion: reduce)");
  let onScreen = false;
  const observer = new IntersectionObserver((entries) => {
    onScreen = entries.at(-1)!.isIntersecting;
    onChange();
  });
  observer.observe(canvas);
  document.addEventListener("visibilitychange", onChange, { signal: closing.signal });
  motion.addEventListener("change", onChange, { signal: closing.signal });
  return {
    get visible() {
      return onScreen && document.visibilityState === "visible";
    },
    get reducedMotion() {
      return motion.matches;
    },
    close() {
      observer.disconnect();
      closing.abort();
    },
  };
}
