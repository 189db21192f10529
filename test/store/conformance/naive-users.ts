import type { CheckIns, OtherDays } from "#src/domain/check-ins.ts";
import type { StoredEvent } from "#src/store/events.ts";
import { months } from "./fixture.ts";

/** What is known of the names: told as plainly as can be, step by step. */
export class NaiveUsers {
  readonly aliasOf = new Map<string, string>();
  /** The zone that the first event of a user who names one has named. */
  readonly homes = new Map<string, string>();
  readonly events = new Map<string, number>();
  /** The streak interactions that have done the days of users, one for each kind of a day. */
  readonly checkIns = new Map<string, StoredEvent[]>();

  userOf(name: string): string {
    const target = this.aliasOf.get(name);
    return target === undefined ? name : this.userOf(target);
  }

  record(recorded: StoredEvent): void {
    const user = this.userOf(recorded.userHash);
    if (recorded.type !== "streak_interaction") {
      this.add(user, 1);
      return;
    }
    if (recorded.tz !== undefined && !this.homes.has(user)) {
      this.homes.set(user, recorded.tz);
    }
    if (this.keep(user, recorded)) {
      this.add(user, 1);
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
      this.merge(name, user);
    }
  }

  merge(name: string, user: string): void {
    const aliasHome = this.homes.get(name);
    if (aliasHome !== undefined && !this.homes.has(user)) {
      this.homes.set(user, aliasHome);
    }
    this.add(user, (this.events.get(name) ?? 0) - (this.checkIns.get(name) ?? []).length);
    for (const checkIn of this.checkIns.get(name) ?? []) {
      const dayZone = checkIn.dayZone ?? aliasHome;
      if (this.keep(user, { ...checkIn, ...(dayZone !== undefined && { dayZone }) })) {
        this.add(user, 1);
      }
    }
    this.homes.delete(name);
    this.events.delete(name);
    this.checkIns.delete(name);
  }

  add(user: string, events: number): void {
    this.events.set(user, (this.events.get(user) ?? 0) + events);
  }

  /** Keeps what has done a day, unless the user has done it already in the same way. Returns whether it is kept. */
  keep(user: string, checkIn: StoredEvent): boolean {
    const kept = this.checkIns.get(user) ?? [];
    const isDone = kept.some(({ event, day, ...kind }) => {
      return event === checkIn.event && day === checkIn.day && this.kindOf(user, kind) === this.kindOf(user, checkIn);
    });
    if (!isDone) {
      this.checkIns.set(user, [...kept, checkIn]);
    }
    return !isDone;
  }

  /** What tells the kinds of days of a user apart, in their order. */
  kindOf(user: string, { late, dayZone }: Pick<StoredEvent, "late" | "dayZone">): string {
    const isAway = dayZone !== undefined && dayZone !== this.homes.get(user);
    return `${late ? "late" : "in time"} ${isAway ? dayZone : ""}`;
  }

  listed(prefix: string) {
    return [...this.checkIns.keys()]
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

  readCheckIns(name: string, event: string, days: readonly number[]) {
    const user = this.userOf(name);
    const order = (checkIn: StoredEvent) => this.kindOf(user, checkIn);
    return (this.checkIns.get(user) ?? [])
      .filter((checkIn) => checkIn.event === event && days.includes(checkIn.day))
      .toSorted((one, other) => one.day - other.day || (order(one) < order(other) ? -1 : 1))
      .map(({ day, at, receivedAt = at, tz, late, dayZone }) => ({
        ...{ day, at, receivedAt },
        ...(tz !== undefined && { tz }),
        ...(late && { late }),
        ...(dayZone !== undefined && dayZone !== this.homes.get(user) && { dayZone }),
      }));
  }

  daysOf(user: string): Map<string, CheckIns> {
    const byEvent = Map.groupBy(this.checkIns.get(user) ?? [], ({ event }) => event);
    return new Map([...byEvent].map(([event, checkIns]) => [event, this.daysOfEvent(user, checkIns)]));
  }

  daysOfEvent(user: string, checkIns: readonly StoredEvent[]): CheckIns {
    const home = this.homes.get(user);
    const byKind = [...Map.groupBy(checkIns, (checkIn) => this.kindOf(user, checkIn))].toSorted();
    const others = byKind.flatMap(([kind, [first, ...rest]]): OtherDays[] => {
      if (kind === "in time " || first === undefined) {
        return [];
      }
      const { late = false, dayZone } = first;
      const days = months(...[first, ...rest].map(({ day }) => day));
      return [{ late, days, ...(dayZone !== undefined && dayZone !== home && { zone: dayZone }) }];
    });
    const ordinary = byKind.find(([kind]) => kind === "in time ")?.[1] ?? [];
    return { days: months(...ordinary.map(({ day }) => day)), ...(others.length > 0 && { others }) };
  }
}
