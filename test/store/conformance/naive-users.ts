import type { StoredEvent } from "#src/store/events.ts";
import { months } from "./fixture.ts";

/** What is known of the names: told as plainly as can be, step by step. */
export class NaiveUsers {
  readonly aliasOf = new Map<string, string>();
  readonly days = new Map<string, Map<string, Set<number>>>();
  readonly events = new Map<string, number>();
  /** The streak interactions that have done the days of users. */
  readonly checkIns = new Map<string, StoredEvent[]>();

  userOf(name: string): string {
    const target = this.aliasOf.get(name);
    return target === undefined ? name : this.userOf(target);
  }

  record(recorded: StoredEvent): void {
    const { userHash, event, type, day } = recorded;
    const user = this.userOf(userHash);
    const ofUser = this.days.get(user) ?? new Map<string, Set<number>>();
    const ofEvent = ofUser.get(event) ?? new Set();
    if (type !== "streak_interaction" || !ofEvent.has(day)) {
      this.events.set(user, (this.events.get(user) ?? 0) + 1);
    }
    if (type === "streak_interaction") {
      this.days.set(user, ofUser.set(event, ofEvent.add(day)));
      this.keep(user, recorded);
    }
  }

  link(name: string, target: string): void {
    const user = this.userOf(target);
    if (user === name) {
      return;
    }
    const isNew = !this.aliasOf.has(name);
    this.aliasOf.set(name, user);
    if (isNew) {
      const doubled = [...(this.days.get(name) ?? [])].flatMap(([event, days]) =>
        [...days].filter((day) => this.days.get(user)?.get(event)?.has(day)),
      );
      this.events.set(user, (this.events.get(user) ?? 0) + (this.events.get(name) ?? 0) - doubled.length);
      const ofUser = this.days.get(user) ?? new Map<string, Set<number>>();
      for (const [event, days] of this.days.get(name) ?? []) {
        this.days.set(user, ofUser.set(event, new Set([...(ofUser.get(event) ?? []), ...days])));
      }
      for (const checkIn of this.checkIns.get(name) ?? []) {
        this.keep(user, checkIn);
      }
      this.days.delete(name);
      this.events.delete(name);
      this.checkIns.delete(name);
    }
  }

  /** Keeps what has done a day, unless the user has done it already. */
  keep(user: string, checkIn: StoredEvent): void {
    const kept = this.checkIns.get(user) ?? [];
    if (!kept.some(({ event, day }) => event === checkIn.event && day === checkIn.day)) {
      this.checkIns.set(user, [...kept, checkIn]);
    }
  }

  listed(prefix: string) {
    return [...this.days.keys()]
      .filter((user) => user.startsWith(prefix))
      .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .map((userHash) => ({ userHash, days: this.daysOf(userHash) }));
  }

  read(name: string) {
    const userHash = this.userOf(name);
    const aliases = [...this.aliasOf.keys()].filter((alias) => this.userOf(alias) === userHash).toSorted();
    const events = this.events.get(userHash) ?? 0;
    return aliases.length === 0 && events === 0
      ? undefined
      : { userHash, days: this.daysOf(userHash), aliases, events };
  }

  readCheckIns(name: string, event: string, first: number, last: number) {
    return (this.checkIns.get(this.userOf(name)) ?? [])
      .filter((checkIn) => checkIn.event === event && checkIn.day >= first && checkIn.day <= last)
      .toSorted((one, other) => one.day - other.day)
      .map(({ day, at, receivedAt = at, tz }) => ({ day, at, receivedAt, ...(tz !== undefined && { tz }) }));
  }

  daysOf(user: string) {
    return new Map([...(this.days.get(user) ?? [])].map(([event, days]) => [event, months(...days)]));
  }
}
