/** One step of a path: the states it may be in and what each costs. */
export interface PathStep {
  /** `[n]` numbers of states, at least one. */
  readonly states: Int32Array;
  /** `[n]` cost of being in each. */
  readonly costs: Float32Array;
}

/**
 * The cheapest sequence of states, one per step.
 * @param stepAt the states of a step, asked for once and in order. @param move cost of going from one state to another.
 * @returns `[steps]` numbers of states; of equally cheap ones the first.
 * @see Viterbi 1967. Keeps two bytes and four for each state of each step.
 */
export function cheapestPath(
  steps: number,
  stepAt: (step: number) => PathStep,
  move: (from: number, to: number) => number,
): Int32Array<ArrayBuffer> {
  const path = new Int32Array(steps);
  const states: Int32Array[] = [];
  const origins: Uint16Array[] = [];
  let totals = new Float64Array(0);
  for (let step = 0; step < steps; step++) {
    const here = stepAt(step);
    const before = states[step - 1];
    const next = new Float64Array(here.states.length);
    const origin = new Uint16Array(here.states.length);
    here.states.forEach((to, i) => {
      let least = before ? Infinity : 0;
      before?.forEach((from, k) => {
        if (totals[k]! >= least) return;
        const total = totals[k]! + move(from, to);
        if (total < least) [least, origin[i]] = [total, k];
      });
      next[i] = least + here.costs[i]!;
    });
    states.push(here.states);
    origins.push(origin);
    totals = next;
  }
  let at = totals.indexOf(Math.min(...totals));
  for (let step = steps - 1; step >= 0; step--) {
    path[step] = states[step]![at]!;
    at = origins[step]![at]!;
  }
  return path;
}
