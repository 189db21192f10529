import { countUser, limitMetaValues } from "../../domain/analytics/count-user.ts";
import { countSettingsOf } from "../../domain/analytics/settings.ts";
import { Tallies } from "../../domain/analytics/tallies.ts";
import type { Project } from "../../domain/project.ts";
import type { AnalyticsStore } from "../../store/analytics.ts";

/** What was counted of a project. */
export interface CountedProject {
  readonly tallies: Tallies;
  /** Everything that was recorded before this time is counted; epoch milliseconds. */
  readonly countedTime: number;
}

/** Counts projects. */
export class Analytics {
  readonly #store: AnalyticsStore;
  readonly #clock: () => number;

  /** @param clock the server's time in epoch milliseconds */
  constructor(store: AnalyticsStore, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Returns what is counted of a project. */
  async read(project: Project): Promise<CountedProject> {
    const countedTime = this.#clock();
    const settings = countSettingsOf(project);
    const tallies = new Tallies();
    let last: string | undefined;
    do {
      const range = { projectId: project.id, first: "", end: undefined, after: last };
      const slice = await this.#store.readHistories(range);
      for (const history of slice.histories) {
        countUser(tallies, history, settings, countedTime);
      }
      last = slice.last;
    } while (last !== undefined);
    limitMetaValues(tallies);
    return { tallies, countedTime };
  }
}
