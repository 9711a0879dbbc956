/**
 * Gives an object the methods that `using` and `await using` call, where this browser, or a polyfill that was loaded
 * before, has their symbols.
 * @param end ends it at once.
 * @param settled resolves when nothing of it is under way any more.
 */
export function disposable<T extends object>(
  target: T,
  end: () => void,
  settled: () => Promise<unknown>,
): T & Disposable & AsyncDisposable {
  const symbols = Symbol as { readonly dispose?: symbol; readonly asyncDispose?: symbol };
  const define = (symbol: symbol | undefined, value: () => unknown) => {
    if (symbol) Object.defineProperty(target, symbol, { value, configurable: true });
  };
  define(symbols.dispose, end);
  define(symbols.asyncDispose, async () => {
    end();
    await settled();
  });
  return target as T & Disposable & AsyncDisposable;
}
