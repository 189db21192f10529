/** What a client is made with. */
export interface ClientOptions {
  /** Where streakd is, such as `https://streaks.example.com`. In a page, `""` is the page's own origin. */
  readonly baseUrl: string;
  /**
   * The admin token, or another token with the scopes of the calls. For servers only: `createClient` throws
   * `ADMIN_TOKEN_IN_BROWSER` in a browser, where everybody could read it.
   */
  readonly adminToken?: string | undefined;
  /** Headers for every call. In a browser any header makes the browser ask the server first (a preflight). */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * A user token, or what returns one. It is asked for each call, and each time the queue is sent, so it may renew an expired
   * token. When it rejects, so does the call; a browser keeps an event, and sends it later.
   */
  readonly userToken?: string | (() => string | undefined | Promise<string | undefined>) | undefined;
}

/** What every call takes beside its fields. */
export interface CallOptions {
  /** Ends the call: it rejects with the signal's reason. An event that waits to be sent goes on waiting. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Records events and reads streaks. Calls reject with a {@link StreakdError}, with the reason of the signal that ends them, or
 * with what `userToken` throws.
 */
export interface Client {
  /** Where the server is: the whole address, without a slash at the end. */
  readonly baseUrl: string;
  /**
   * Records an event. However often it is sent within 24 hours, it is stored once, and its day counts once at any time.
   * Where the widget counts actions, each call is an action of its own, unless it has the `idempotencyKey` of another.
   * When the server can't be reached, or is busy, a browser keeps the event and sends it later; elsewhere the call rejects
   * after some retries.
   */
  recordEvent(event: StreakEvent, options?: CallOptions): Promise<Recorded>;
  /** Reads a user's streak. */
  getState(query: StateQuery, options?: CallOptions): Promise<State>;
  /** Links a visitor to a user, on a server: it takes the admin token. Repeats change nothing. */
  aliasUser(alias: Alias, options?: CallOptions): Promise<void>;
  /** Links a visitor to a user, from a page: your server has signed the alias token. Repeats change nothing. */
  aliasWithToken(alias: SignedAlias, options?: CallOptions): Promise<void>;
  /**
   * Sends the events that wait. A browser does so by itself: at the start, when it is online again, at times, and when the
   * page goes. Sends nothing while the server wants to be left alone (`Retry-After`). Does not reject when the server is
   * away: the events go on waiting.
   */
  flush(): Promise<void>;
}

/** Something that a user did. */
export interface StreakEvent {
  /** The project's id: `siteKey` on the wire. */
  readonly projectId: string;
  /** What the user did, as the project's widget names it. */
  readonly event?: string | undefined;
  /** An earlier name of `event`. */
  readonly kind?: string | undefined;
  /** The user. */
  readonly userHash: string;
  /** `streak_interaction` when not given. */
  readonly eventType?: "streak_interaction" | "widget_impression" | "widget_interaction" | undefined;
  /** When it happened: a date, ISO 8601, or epoch milliseconds. Now when not given. */
  readonly ts?: Date | string | number | undefined;
  /** The user's IANA time zone. In a browser its own when not given; elsewhere none. */
  readonly tz?: string | undefined;
  /** Anything to keep with the event. */
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Makes repeats of the same event no-ops for 24 hours. Where the widget counts actions, events of one day with the
   * same key are one action, for ever. A random key when not given.
   */
  readonly idempotencyKey?: string | undefined;
  /** Groups events by session. */
  readonly sessionId?: string | undefined;
}

/** The answer to an event. */
export interface Recorded {
  readonly ok: true;
  /** Whether the event waits in the browser to be sent later. */
  readonly queued: boolean;
}

/** Whose streak to read. */
export interface StateQuery {
  readonly projectId: string;
  readonly event?: string | undefined;
  /** An earlier name of `event`. */
  readonly kind?: string | undefined;
  readonly userHash: string;
  /** The IANA time zone that decides which day is today. In a browser its own when not given; elsewhere none. */
  readonly tz?: string | undefined;
  /** Reads the state as it was on that day, such as `2024-01-08`. For servers: a page is refused with `FORBIDDEN_ORIGIN`. */
  readonly asOf?: string | undefined;
}

/** A visitor who is a user. */
export interface Alias {
  readonly projectId: string;
  readonly anonymousId: string;
  readonly userHash: string;
}

/** A visitor who is a user, signed by your server. */
export interface SignedAlias {
  readonly token: string;
  /** The token names the project as well. */
  readonly projectId?: string | undefined;
}

/** A user's streak, with everything that a widget shows. */
export interface State {
  readonly meta: { readonly apiVersion: string; readonly isLive: boolean };
  readonly streak: {
    readonly mode: "continuous" | "cumulative";
    /** In `unit`. */
    readonly current: number;
    /** In `unit`. */
    readonly best: number;
    readonly todayDone: boolean;
    /**
     * Whether the streak is alive and its period still waits. Without rules: today is not done yet. By rules: today is not off
     * either; the week or month has too few done days; or today is the last day on which something must be done.
     */
    readonly pending: boolean;
    /**
     * What `current`, `best` and the milestones count. Missing when the widget never had rules or an amnesty, and the
     * user never had a pause or a repair of this streak: then they are days. Only a cumulative streak counts actions.
     */
    readonly unit?: "day" | "week" | "month" | "action" | undefined;
    /** How far the current period is. Missing when `unit` is missing, and when the widget is cumulative. */
    readonly progress?: Progress | undefined;
    /**
     * When the user's today ends, such as `2024-01-13T09:00:00.000Z`. While today is neither done nor off, it ends with
     * its grace: in these minutes, the day before is still today, and an event fills it. Missing when no rules of the
     * widget have a `dayStart` or `graceMinutes`: then it ends at midnight.
     */
    readonly todayEndTime?: string | undefined;
    /** The user's freezes. Missing when the rules of today have none, and when the widget is cumulative. */
    readonly freezes?: Freezes | undefined;
    /** The pause that holds today. Missing when the streak is not paused; a cumulative streak never is. */
    readonly pause?: Pause | undefined;
    /**
     * The repair that your server can make today. It lets a run that has ended go on. Missing when the rules of today
     * have no `repairs`, and when no run can be repaired today.
     */
    readonly repair?: Repair | undefined;
  };
  /** The week of today: 7 days, Monday first, or the day that the widget's rules begin a week with. */
  readonly week: readonly {
    /** Such as `2024-01-08`. */
    readonly isoDate: string;
    /** The short English name, such as `Mon`. */
    readonly label: string;
    /** The day of the month. */
    readonly dayNumber: number;
    readonly isToday: boolean;
    readonly isCheckedIn: boolean;
    /** What became of the day. Missing when the streak's `unit` is missing, and when the widget is cumulative. */
    readonly status?: DayStatus | undefined;
  }[];
  readonly milestones: readonly {
    readonly id: string;
    /** In the streak's `unit`. */
    readonly target: number;
    readonly msg: string;
    /** Whether `current` is at least `target`. */
    readonly achieved: boolean;
    readonly rewardType: string;
    /** Whether the milestone is awarded again at each multiple of `target`. Missing when it is not. */
    readonly repeats?: true | undefined;
    /**
     * How often the milestone was awarded: in the run up to today, or ever, as its `scope` says; at most once if it
     * does not repeat. This field and the fields below are missing when the milestone has no `scope`.
     */
    readonly timesAwarded?: number | undefined;
    /** The day of the latest of these awards, such as `2024-01-08`. Missing before the first award. */
    readonly awardedDate?: string | undefined;
    /** When the event happened that did this day. Missing when the day is not done. */
    readonly awardedAt?: string | undefined;
    /** Whether this event was received after the event's own day was over. Missing when the day is not done. */
    readonly backfilled?: boolean | undefined;
  }[];
  readonly settings: {
    readonly theme: { readonly name: string };
    readonly position: string;
    readonly mainMessage: string;
  };
}

/** A user's freezes for a streak. A freeze covers a missed period, so that the streak goes on. */
export interface Freezes {
  /** How many are left today. */
  readonly left: number;
  /** How many covered periods end within the state's `week`. */
  readonly usedInWeek: number;
  /** Whether the user has opted out: then freezes cover nothing. */
  readonly optedOut: boolean;
}

/** Days on which nothing is asked of the user. */
export interface Pause {
  /** The first day, such as `2024-01-08`. */
  readonly from: string;
  /** The last day. Missing when the pause is open. */
  readonly to?: string | undefined;
}

/** A repair that can be made today. It lets a run that has ended go on. */
export interface Repair {
  /** What `current` would be if the repair were made now. */
  readonly currentAfter: number;
  /** The last day on which the run that ended first can still be repaired, such as `2024-01-10`. */
  readonly lastDate: string;
  /** What the repair costs: nothing, one of the user's freezes, or days that must be done first. */
  readonly price: "none" | "freeze" | "days";
  /** Whether the price can be paid today. */
  readonly canBePaid: boolean;
  /** How many days must still be done. Missing when the price is another one than `days`. */
  readonly daysMissing?: number | undefined;
}

/** How far a period is: today, this week, this month, or the days in which something must be done. */
export interface Progress {
  /** The first day of the period, such as `2024-01-08`; without a run, the day on which a run can begin. */
  readonly firstDate: string;
  /** The last day of the period: what is done later comes too late. */
  readonly lastDate: string;
  /** How many days of it are done. */
  readonly done: number;
  /** How many done days it needs; 0 on a day off. */
  readonly needed: number;
  /** How many days, from today to its end, are not done yet. */
  readonly daysLeft: number;
  /** Whether `done` and `daysLeft` together can make `needed`. */
  readonly canBeMet: boolean;
}

/**
 * What became of a day by the rules of its widget, the amnesties of its project, and the user's days and ledger:
 *
 * - `done`
 * - `late`: done by a late event, which is an event in the grace after the end of the day
 * - `off`: a day off, and not done
 * - `paused`: paused, and not done
 * - `amnesty`: the project has an amnesty on it, and it is neither done nor paused
 * - `missed`: not done, and its period was missed
 * - `excused`: not done, and its period was missed, which the rules let pass once
 * - `frozen`: not done, and its period was missed, which a freeze covers
 * - `repaired`: not done, and its period was missed and lies in a repaired run; or not done, and the day of a repair
 * - `bridged`: not done, and lost on a journey to the east
 * - `rest`: not done and over, and not needed so far
 * - `open`: not done and not over
 */
export type DayStatus =
  | "done"
  | "late"
  | "off"
  | "paused"
  | "amnesty"
  | "missed"
  | "excused"
  | "frozen"
  | "repaired"
  | "bridged"
  | "rest"
  | "open";
