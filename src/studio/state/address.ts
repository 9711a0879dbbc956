import type { Store } from "./store.ts";
import type { StudioState, View } from "./studio-state.ts";

const viewAt = (hash: string): View =>
  hash === "#api" ? "api" : hash === "#settings" ? "settings" : "stage";

/** What {@link followAddress} moves. */
interface Shown {
  readonly store: Store<StudioState>;
  show(view: View): void;
}

/**
 * Keeps the page that is shown and the address in step: the browser's Back leads from a page to the stage, `#api` and
 * `#settings` open theirs.
 */
export function followAddress({ store, show }: Shown): void {
  window.addEventListener("popstate", () => {
    const view = viewAt(location.hash);
    if (view !== store.state.view) show(view);
  });
  store.subscribe(({ view }, previous) => {
    if (view === previous.view || view === viewAt(location.hash)) return;
    const stage = location.pathname + location.search;
    const entered = (history.state as { dudak?: true } | null)?.dudak;
    if (view === "stage" && entered) history.back();
    else if (view === "stage") history.replaceState(null, "", stage);
    else if (previous.view === "stage") history.pushState({ dudak: true }, "", `#${view}`);
    else history.replaceState(history.state, "", `#${view}`);
  });
  const asked = viewAt(location.hash);
  if (asked !== "stage") show(asked);
}
