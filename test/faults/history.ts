import type { Random } from "../support/random.ts";
import type { Event } from "./client.ts";
import { SITE_KEY, type Widget } from "./cluster.ts";

export const DAY_MS = 86_400_000;

/** In these zones it is the same day at noon UTC, when all events happen. So their order changes no day. */
const ZONES = ["Asia/Tokyo", "America/New_York", "Europe/Berlin"];

/** How many days of each person have actions, and how many different ones a day may have. */
const DAYS_OF_ACTIONS = 4;
const ACTIONS_OF_A_DAY = 40;

/** How many of the latest reports may be repeated. */
const REMEMBERED = 300;

/** One form of a report, as a client may send it. */
export interface Variant {
  readonly userHash: string;
  readonly day: number;
  readonly tz?: string;
  /** How long after noon it happened, in milliseconds, where that is not at noon. */
  readonly afterNoon?: number;
}

/** What clients report. Its retries, its repeats and the copies that race it are all the same report. */
export interface Report {
  readonly event: Widget;
  readonly type: Event["type"];
  readonly key?: string;
  /** The forms in which it is sent. Of several, all have one key, so that one takes effect for each user. */
  readonly variants: readonly Variant[];
  /** The variants that were sent, accepted or not. */
  readonly sent: Set<Variant>;
  /** The variants that were accepted. */
  readonly acknowledged: Set<Variant>;
}

/** How much a history invents. */
export interface HistoryOptions {
  /** How many people there are, an even number. Half of them have two more names, each to be linked to the name before it. */
  readonly people: number;
  /** How many days are reported of each person. The last of them is yesterday. */
  readonly days: number;
}

/** Everything that clients have sent, and what was answered. What must be stored follows from it. */
export class History {
  readonly reports = new Map<string, Report>();
  /** The links that were asked for, by the name that became an alias. */
  readonly links = new Map<string, string>();
  readonly #random: Random;
  readonly #options: HistoryOptions;
  readonly #yesterday = Math.floor(Date.now() / DAY_MS) - 1;
  #recent: Report[] = [];
  #picks = 0;
  #first = 0;
  #people: number;

  constructor(random: Random, options: HistoryOptions) {
    this.#random = random;
    this.#options = options;
    this.#people = options.people;
  }

  /** Replaces the people that the next reports are about by as many new people. */
  replacePeople(): void {
    this.#first = this.#people;
    this.#people += this.#options.people;
    this.#recent = [];
  }

  /** The names of a person. All of them become aliases of the first. */
  namesOf(person: number): string[] {
    const user = `user_${person}`;
    return person % 2 === 0 ? [user, `cookie_${person}`, `phone_${person}`] : [user];
  }

  get names(): string[] {
    return Array.from({ length: this.#people }, (_, person) => this.namesOf(person)).flat();
  }

  /** Returns what to report next, which may have been reported before. */
  next(): Report {
    const random = this.#random;
    if (this.#recent.length > 0 && random.chance(0.3)) {
      return random.pick(this.#recent);
    }
    const report = random.chance(0.1)
      ? this.#pick()
      : random.chance(0.1)
        ? this.#impression()
        : random.chance(0.3)
          ? this.#action()
          : this.#day();
    this.#recent.push(report);
    if (this.#recent.length > REMEMBERED) {
      this.#recent.shift();
    }
    return report;
  }

  /** Returns which link to ask for next. It may have been asked for before. */
  nextLink(): readonly [name: string, user: string] {
    const names = this.namesOf(this.#first + 2 * this.#random.below(this.#options.people / 2));
    const position = 1 + this.#random.below(names.length - 1);
    return [names[position] as string, names[position - 1] as string];
  }

  /** Returns the user that a name stands for, once all links that were asked for are made. */
  personOf(name: string): string {
    const user = this.links.get(name);
    return user === undefined ? name : this.personOf(user);
  }

  #name(): string {
    return this.#random.pick(this.namesOf(this.#first + this.#random.below(this.#options.people)));
  }

  #note(id: string, report: Pick<Report, "event" | "type" | "key" | "variants">): Report {
    const known = this.reports.get(id) ?? { ...report, sent: new Set(), acknowledged: new Set() };
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
      variants: [{ userHash, day, ...tz }],
    });
  }

  /** One key sent with two days, as a retry after midnight is. Half of the time the second day is of another name. */
  #pick(): Report {
    const n = this.#picks++;
    const userHash = this.#name();
    const other = this.#random.chance(0.5) ? userHash : this.#name();
    return this.#note(`pick ${n}`, {
      event: "pick",
      type: "streak_interaction",
      key: `pick ${n}`,
      variants: [
        { userHash, day: 2 * n },
        { userHash: other, day: 2 * n + 1 },
      ],
    });
  }

  /** An action, by its key or its time. Any name of a person may report it, and all of them mean the same action. */
  #action(): Report {
    const random = this.#random;
    const userHash = this.#name();
    const day = this.#yesterday - random.below(DAYS_OF_ACTIONS);
    const n = random.below(ACTIONS_OF_A_DAY);
    const action = n % 2 === 0 ? { key: `action ${n} of ${day}` } : {};
    const variants = [{ userHash, day, afterNoon: n }];
    return this.#note(`${userHash} act ${day} ${n}`, { event: "act", type: "streak_interaction", ...action, variants });
  }

  /** An event for analytics; without a key a retry of it would be another one. */
  #impression(): Report {
    const key = `impression ${this.reports.size}`;
    const variant = { userHash: this.#name(), day: this.#yesterday };
    return this.#note(key, { event: "visit", type: "widget_impression", key, variants: [variant] });
  }
}

/** Returns the event that sends a variant of a report. */
export function eventOf({ event, type, key }: Report, { userHash, day, tz, afterNoon = 0 }: Variant): Event {
  const at = day * DAY_MS + DAY_MS / 2 + afterNoon;
  const idempotency = key !== undefined && { idempotencyKey: key, sessionId: key };
  return { siteKey: SITE_KEY, userHash, event, type, at, ...(tz !== undefined && { tz }), ...idempotency };
}
