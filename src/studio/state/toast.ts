import { t } from "../strings.ts";
import { UNDO_MS } from "./deletions.ts";
import type { StudioState } from "./studio-state.ts";
import type { Store } from "./store.ts";

/** The short sentence at the page's edge; one at a time. */
export interface Note {
  /** Shows a sentence for as long as a deletion can be undone. @param undo is offered beside it. */
  show(text: string, undo?: () => void): void;
  /** Tells of a deletion; one that comes while another is told joins it, and Undo brings both back. */
  showDeleted(name: string, back: () => void): void;
  dismiss(): void;
}

export function createNote(store: Store<StudioState>): Note {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What the note of the moment can bring back. */
  let undoable: readonly (() => void)[] = [];

  function show(text: string, undo?: () => void): void {
    clearTimeout(timer);
    undoable = [];
    store.update({ toast: { text, undo: undo ?? null } });
    timer = setTimeout(() => store.update({ toast: null }), UNDO_MS);
  }

  return {
    show,
    showDeleted(name, back) {
      const all = [...(store.state.toast ? undoable : []), back];
      show(all.length === 1 ? t.deleted(name) : t.deletedMany(String(all.length)), () =>
        all.forEach((bring) => bring()),
      );
      undoable = all;
    },
    dismiss() {
      clearTimeout(timer);
      store.update({ toast: null });
    },
  };
}
