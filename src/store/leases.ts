/** Leases: which instance does a job that only one should do at a time. A lease that is not renewed ends by itself. */
export interface LeaseStore {
  /**
   * Takes a lease, or renews it for its holder. Returns whether the holder has it now. The times of all instances are
   * compared by one clock, that of the store.
   *
   * @param name of the job
   * @param holder differs between instances
   * @param durationMs how long the lease lasts, in milliseconds
   */
  takeLease(name: string, holder: string, durationMs: number): Promise<boolean>;
  /** Gives a lease back, if the holder has it. */
  releaseLease(name: string, holder: string): Promise<void>;
}
