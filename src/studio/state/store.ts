/** A value that tells when it changes. */
export interface Store<State extends object> {
  readonly state: State;
  /** Replaces the given fields; listeners run once, after the current task's changes. */
  update(patch: Partial<State>): void;
  /** @returns a function that ends the subscription. */
  subscribe(listener: (state: State, previous: State) => void): () => void;
}

/** Starts a {@link Store}. */
export function createStore<State extends object>(initial: State): Store<State> {
  let state = initial;
  let told = initial;
  let scheduled = false;
  const listeners = new Set<(state: State, previous: State) => void>();
  const tell = () => {
    scheduled = false;
    const previous = told;
    told = state;
    for (const listener of listeners) listener(state, previous);
  };
  return {
    get state() {
      return state;
    },
    update(patch) {
      state = { ...state, ...patch };
      if (scheduled) return;
      scheduled = true;
      queueMicrotask(tell);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
