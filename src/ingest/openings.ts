import { setTimeout as delay } from "node:timers/promises";
import { isoMonth } from "../domain/day.ts";
import type { Gate } from "../domain/plans.ts";
import { StreakdError } from "../errors.ts";
import type { SeatStore } from "../store/seats.ts";
import type { PendingEvent, ResolvedEvent } from "./events.ts";
import { rejectExpired } from "./stage.ts";

/** How long an opening that has failed waits before its events are tried again, in milliseconds. */
const BACKOFF_MS = 100;

/**
 * The events whose months are not open. Opening a month reads all users of the project, which may take longer than
 * other events can wait: so it is no part of a batch.
 */
export class Openings {
  readonly #seats: SeatStore;
  readonly #clock: () => number;
  readonly #onOpened: (event: PendingEvent) => void;
  /** The events that wait, by project. A project opens one month at a time, which mostly opens all that it has. */
  readonly #waiting = new Map<string, ResolvedEvent[]>();
  #isClosed = false;

  /**
   * @param clock returns the server's time in epoch milliseconds
   * @param onOpened takes an event whose month may be open now
   */
  constructor(seats: SeatStore, clock: () => number, onOpened: (event: PendingEvent) => void) {
    this.#seats = seats;
    this.#clock = clock;
    this.#onOpened = onOpened;
  }

  /** How many events wait. */
  get waiting(): number {
    return this.#waiting.values().reduce((sum, events) => sum + events.length, 0);
  }

  /** Opens the month of an event, then hands the event on. */
  add(event: ResolvedEvent): void {
    if (this.#isClosed) {
      reject(event);
      return;
    }
    const { projectId } = event.stored;
    const waiting = this.#waiting.get(projectId);
    if (waiting !== undefined) {
      waiting.push(event);
      return;
    }
    this.#waiting.set(projectId, [event]);
    void this.#open(event);
  }

  /** Rejects the events that wait: their callers are to send them again, while the store finishes nothing more. */
  close(): void {
    this.#isClosed = true;
    for (const event of [...this.#waiting.values()].flat()) {
      reject(event);
    }
    this.#waiting.clear();
  }

  async #open({ stored: { projectId, day, gate } }: ResolvedEvent): Promise<void> {
    try {
      await this.#seats.openMonth(projectId, isoMonth(day), (gate as Gate).since, this.#clock());
    } catch {
      // Recording the events again tells what the matter is, if it lasts.
      await delay(BACKOFF_MS);
    }
    const events = this.#waiting.get(projectId) ?? [];
    this.#waiting.delete(projectId);
    for (const { pending } of rejectExpired(events)) {
      this.#onOpened(pending);
    }
  }
}

function reject({ caller }: ResolvedEvent): void {
  caller.reject(new StreakdError("OVERLOADED", "The server is shutting down. Send the event again."));
}
