/** Work that goes on until it is closed. */
export interface Job {
  /** Ends it, and gives back what only a running process has, such as a lease. */
  close(): Promise<void>;
}
