import type { Lease, LeaseStore } from "./job-store.ts";

/** The queue's lease where one process alone holds the store: it need not outlive that process. */
export class MemoryLease implements LeaseStore {
  protected lease: Lease | undefined;

  readLease(): Promise<Lease | undefined> {
    return Promise.resolve(this.lease);
  }

  /** Takes the lease unless it is another one than `expected` by now. */
  takeLease(owner: string, nowMs: number, expected?: Lease): Promise<boolean> {
    if (expected && (this.lease?.owner !== expected.owner || this.lease.beatAt !== expected.beatAt)) {
      return Promise.resolve(false);
    }
    this.lease = { owner, beatAt: nowMs };
    return Promise.resolve(true);
  }

  /** Renews the owner's lease; false when it has another owner. */
  beatLease(owner: string, nowMs: number): Promise<boolean> {
    return this.lease?.owner === owner ? this.takeLease(owner, nowMs) : Promise.resolve(false);
  }
}
