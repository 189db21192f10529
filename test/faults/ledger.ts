import type { Event } from "./client.ts";
import { SITE_KEY, type Widget } from "./cluster.ts";
import type { Random } from "./random.ts";

export const DAY_MS = 86_400_000;

/** The zones in which it is the same day at noon of UTC, when all events happen: so no order of theirs changes a day. */
const ZONES = ["Asia/Tokyo", "America/New_York", "Europe/Berlin"];

/** How many of the last reports are repeated. */
const REMEMBERED = 300;

/** One way to say a report. */
export interface Saying {
  readonly userHash: string;
  readonly day: number;
  readonly tz?: string;
}

/** What clients report: a retry of it, a repeat of it and its twin that races it are all the same report. */
export interface Report {
  readonly event: Widget;
  readonly type: Event["type"];
  readonly key?: string;
  /** The ways in which it is said. Where there are several they have one key, so that exactly one of them may hold. */
  readonly sayings: readonly Saying[];
  /** The sayings that were sent, whatever became of them. */
  readonly sent: Set<Saying>;
  /** One of the sayings was answered that it is accepted. */
  acknowledged: boolean;
}

/** How much a ledger invents. */
export interface LedgerOptions {
  /** How many people there are, an even number. Every second one has two more names, each to be linked to the one before. */
  readonly people: number;
  /** How many days, the last of them yesterday, are reported of each. */
  readonly days: number;
}

/** All that clients have said and were told, from which follows what must be stored. */
export class Ledger {
  readonly reports = new Map<string, Report>();
  /** The links that were asked for, by the name that became an alias. */
  readonly links = new Map<string, string>();
  readonly #random: Random;
  readonly #options: LedgerOptions;
  readonly #yesterday = Math.floor(Date.now() / DAY_MS) - 1;
  #recent: Report[] = [];
  #picks = 0;
  #first = 0;
  #people: number;

  constructor(random: Random, options: LedgerOptions) {
    this.#random = random;
    this.#options = options;
    this.#people = options.people;
  }

  /** Has what comes next be of as many people as at the start, but of these, who are new. */
  moveOn(): void {
    this.#first = this.#people;
    this.#people += this.#options.people;
    this.#recent = [];
  }

  /** The names of a person, the first of whom the others become aliases. */
  namesOf(person: number): string[] {
    const user = `user_${person}`;
    return person % 2 === 0 ? [user, `cookie_${person}`, `phone_${person}`] : [user];
  }

  get names(): string[] {
    return Array.from({ length: this.#people }, (_, person) => this.namesOf(person)).flat();
  }

  /** Something to report next, which may have been reported before. */
  next(): Report {
    const random = this.#random;
    if (this.#recent.length > 0 && random.chance(0.3)) {
      return random.pick(this.#recent);
    }
    const report = random.chance(0.1) ? this.#pick() : random.chance(0.1) ? this.#impression() : this.#day();
    this.#recent.push(report);
    if (this.#recent.length > REMEMBERED) {
      this.#recent.shift();
    }
    return report;
  }

  /** A link to ask for next, which may have been asked for before. */
  nextLink(): readonly [name: string, user: string] {
    const names = this.namesOf(this.#first + 2 * this.#random.below(this.#options.people / 2));
    const position = 1 + this.#random.below(names.length - 1);
    return [names[position] as string, names[position - 1] as string];
  }

  /** Who a name is, once all links that were asked for are made. */
  personOf(name: string): string {
    const user = this.links.get(name);
    return user === undefined ? name : this.personOf(user);
  }

  #name(): string {
    return this.#random.pick(this.namesOf(this.#first + this.#random.below(this.#options.people)));
  }

  #note(id: string, report: Pick<Report, "event" | "type" | "key" | "sayings">): Report {
    const known = this.reports.get(id) ?? { ...report, sent: new Set(), acknowledged: false };
    this.reports.set(id, known);
    return known;
  }

  /** A day of a streak, with a key or without. */
  #day(): Report {
    const random = this.#random;
    const event = random.pick(["visit", "like"] as const);
    const day = this.#yesterday - random.below(this.#options.days);
    const userHash = this.#name();
    const tz = random.chance(0.3) && { tz: random.pick(ZONES) };
    const id = `${userHash} ${event} ${day}`;
    const key = random.chance(0.3) && { key: `key of ${id}` };
    return this.#note(`${id} ${key ? "keyed" : ""}`, {
      event,
      type: "streak_interaction",
      ...key,
      sayings: [{ userHash, day, ...tz }],
    });
  }

  /** One key said with two days, as a retry after midnight is, and half of the time of two users. */
  #pick(): Report {
    const n = this.#picks++;
    const userHash = this.#name();
    const other = this.#random.chance(0.5) ? userHash : this.#name();
    return this.#note(`pick ${n}`, {
      event: "pick",
      type: "streak_interaction",
      key: `pick ${n}`,
      sayings: [
        { userHash, day: 2 * n },
        { userHash: other, day: 2 * n + 1 },
      ],
    });
  }

  /** An event for analytics; without a key a retry of it would be another one. */
  #impression(): Report {
    const key = `impression ${this.reports.size}`;
    const saying = { userHash: this.#name(), day: this.#yesterday };
    return this.#note(key, { event: "visit", type: "widget_impression", key, sayings: [saying] });
  }
}

/** The event that says a report in one of its ways. */
export function eventOf({ event, type, key }: Report, { userHash, day, tz }: Saying): Event {
  const at = day * DAY_MS + DAY_MS / 2;
  const idempotency = key !== undefined && { idempotencyKey: key, sessionId: key };
  return { siteKey: SITE_KEY, userHash, event, type, at, ...(tz !== undefined && { tz }), ...idempotency };
}
