/**
 * Calls that one event can end, all at once. Not `Promise.race` against one promise for all calls: that promise would keep
 * what every call gave for as long as it waits.
 */
export class CallsUnderWay {
  private readonly pending = new Set<(error: Error) => void>();

  /** What a call gives, unless {@link end} comes first. */
  add<T>(call: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.pending.add(reject);
      call.then(resolve, reject).finally(() => this.pending.delete(reject));
    });
  }

  /** Rejects all calls under way. */
  end(error: Error): void {
    for (const reject of this.pending) reject(error);
    this.pending.clear();
  }
}
