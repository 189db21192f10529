import type { InstanceReport, InstanceStore } from "../../store/instances.ts";
import { REPORT_LIFE_MS } from "../../store/instances.ts";

/** What an instance says about itself that does not change while it runs. */
export type InstanceFacts = Omit<InstanceReport, "reportTime" | "metrics">;

/** The running instances, seen from one of them. */
export class Instances {
  readonly #store: InstanceStore;
  readonly #self: InstanceFacts;
  readonly #metrics: () => Promise<string>;
  readonly #clock: () => number;

  /**
   * @param self this instance
   * @param metrics returns its metrics as they are now, in Prometheus's text format
   * @param clock the server's time in epoch milliseconds
   */
  constructor(store: InstanceStore, self: InstanceFacts, metrics: () => Promise<string>, clock: () => number) {
    this.#store = store;
    this.#self = self;
    this.#metrics = metrics;
    this.#clock = clock;
  }

  /** Tells the other instances how this one is. */
  async report(): Promise<void> {
    await this.#store.reportInstance(await this.#describe());
  }

  /** Returns the last report of each running instance, the one that has run longest first; of this one, a new one. */
  async list(): Promise<InstanceReport[]> {
    const since = this.#clock() - REPORT_LIFE_MS;
    const [self, reported] = await Promise.all([this.#describe(), this.#store.listInstances(since)]);
    const others = reported.filter(({ id }) => id !== self.id);
    return [self, ...others].sort((a, b) => a.startTime - b.startTime || (a.id < b.id ? -1 : 1));
  }

  /** Tells the other instances that this one ends. */
  remove(): Promise<void> {
    return this.#store.removeInstance(this.#self.id);
  }

  async #describe(): Promise<InstanceReport> {
    return { ...this.#self, reportTime: this.#clock(), metrics: await this.#metrics() };
  }
}
