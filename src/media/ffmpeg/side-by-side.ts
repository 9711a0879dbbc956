/** What one part of a whole gives, as far as it has come. */
interface Part<Item> {
  readonly items: Item[];
  ended: boolean;
  failed: { readonly error: unknown } | undefined;
}

/**
 * Reads the parts of a whole in several lanes at once and gives what they contain in order: lane `k` reads the parts `k`,
 * `k + lanes`, … one after the other. Leaving the loop stops the lanes when they give their next item.
 * @param ahead items that a lane may have ready, so many that a part fits.
 * @throws what `read` throws.
 */
export async function* sideBySide<Item extends object>(
  { parts, lanes, ahead }: { readonly parts: number; readonly lanes: number; readonly ahead: number },
  read: (part: number, lane: number) => AsyncIterable<Item>,
): AsyncGenerator<Item> {
  const found = Array.from({ length: parts }, (): Part<Item> => ({
    items: [],
    ended: false,
    failed: undefined,
  }));
  const ready = new Array<number>(lanes).fill(0);
  let left = false;
  let waiting: (() => void)[] = [];
  const change = () => new Promise<void>((resolve) => waiting.push(resolve));
  const changed = () => {
    const told = waiting;
    waiting = [];
    for (const tell of told) tell();
  };

  const fill = async (part: Part<Item>, items: AsyncIterable<Item>, lane: number) => {
    try {
      for await (const item of items) {
        while (ready[lane]! >= ahead && !left) await change();
        if (left) return;
        part.items.push(item);
        ready[lane]!++;
        changed();
      }
    } catch (error) {
      part.failed = { error };
    }
    part.ended = true;
    changed();
  };
  const run = async (lane: number) => {
    for (let at = lane; at < parts && !left; at += lanes) {
      const part = found[at]!;
      await fill(part, read(at, lane), lane);
      if (part.failed) return;
    }
  };
  for (let lane = 0; lane < lanes; lane++) void run(lane);
  try {
    for (const [at, part] of found.entries()) {
      for (;;) {
        const item = part.items.shift();
        if (item) {
          ready[at % lanes]!--;
          changed();
          yield item;
        } else if (part.failed) throw part.failed.error;
        else if (part.ended) break;
        else await change();
      }
    }
  } finally {
    left = true;
    changed();
  }
}
