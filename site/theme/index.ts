import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import MovingPicture from "./MovingPicture.vue";
import TryIt from "./TryIt.vue";
import "./style.css";

/** Starts the service worker and tells it what this page has loaded, for it was not there at the first visit. */
async function keepForOffline(base: string): Promise<void> {
  await navigator.serviceWorker.register(`${base}site-worker.js`, { scope: base });
  const { active } = await navigator.serviceWorker.ready;
  const own = new URL(base, location.href).href;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const keep = [location.href.split("#")[0]!, ...loaded].filter(
    (url) => url.startsWith(own) && !url.startsWith(`${own}studio/`),
  );
  active?.postMessage({ keep: [...new Set(keep)] });
}

/** The generator's own look, and what the landing page shows beside it. */
export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component("MovingPicture", MovingPicture);
    app.component("TryIt", TryIt);
    // Pages that were seen once are there without a network; the studio has a service worker of its own.
    if (typeof navigator !== "undefined" && "serviceWorker" in navigator && import.meta.env.PROD) {
      const base = import.meta.env.BASE_URL;
      addEventListener("load", () => void keepForOffline(base));
    }
  },
} satisfies Theme;
