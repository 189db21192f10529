import type { Amnesty } from "./amnesties.ts";
import type { Plan } from "./plans.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { HolidayList, WidgetRules } from "./rules.ts";

/** An app or a site whose users keep streaks. Always valid and complete: checked when it is created. */
export interface Project {
  /**
   * What the project's data is stored under. Every project gets a new ID, so that a project never shows the data of a
   * deleted project with the same `siteKey`.
   */
  readonly id: string;
  /** The public ID, which the contract also calls API key. Unique among the projects. */
  readonly siteKey: string;
  readonly name: string;
  /** The web origins whose pages may call for this project; see `parseAllowedOrigin` for what an entry can be. */
  readonly allowedOrigins: readonly string[];
  /** The IANA zone of users whose own zone is not known. */
  readonly timeZone: string;
  /** Whether the project is switched on. Only passed on to the widget. */
  readonly live: boolean;
  /** How fast the project's calls may come; undefined while the setting `RATE_LIMIT` says it. */
  readonly rateLimit?: RateLimit;
  /** At most one widget for each event. */
  readonly widgets: readonly Widget[];
  /** Which calls must carry a user token. */
  readonly signedUsers: SignedUsers;
  /** The project's signing secrets, the oldest first; at most {@link MAX_SIGNING_SECRETS}, all valid. */
  readonly signingSecrets: readonly SigningSecret[];
  /** How many active streakers the project may have in a month; undefined while nothing limits them. */
  readonly plan?: Plan;
  readonly analytics: AnalyticsSettings;
  /** The lists of dates that the rules of the widgets can name. Each list that any version of rules names is there. */
  readonly holidays: readonly HolidayList[];
  /**
   * In the order in which they were declared; at most `MAX_AMNESTIES`, all with different ids. Only the methods of
   * amnesties show and change them: a client that sends a whole project back must not undo an amnesty that it does not
   * know of.
   */
  readonly amnesties: readonly Amnesty[];
  /**
   * Random text, anew with each change. Undefined until the first change of a project that is older than this field.
   * Signing secrets are no part of it: whoever edits the fields loses none by overwriting them.
   */
  readonly etag?: string;
}

/** What is kept and counted for analytics beyond the events that count. */
export interface AnalyticsSettings {
  /** Whether streak interactions that repeat a day are kept. */
  readonly keepRepeats: boolean;
  /** The keys of `meta` whose values are counted. All different. */
  readonly metaKeys: readonly string[];
}

/** What a project keeps and counts that does not say. */
export const DEFAULT_ANALYTICS: AnalyticsSettings = { keepRepeats: false, metaKeys: [] };

/**
 * A change of a project: the fields that it sets. Signing secrets are added and removed one by one. A plan or a
 * rate limit that is null takes the project's own away.
 */
export type ProjectChange = Partial<
  Pick<
    Project,
    | "name"
    | "allowedOrigins"
    | "timeZone"
    | "live"
    | "widgets"
    | "holidays"
    | "amnesties"
    | "signedUsers"
    | "analytics"
    | "etag"
  >
> & { readonly plan?: Plan | null; readonly rateLimit?: RateLimit | null };

/** Returns a project with the fields of a change. */
export function changed(project: Project, change: ProjectChange): Project {
  const { plan, rateLimit, ...rest } = { ...project, ...change };
  return { ...rest, ...(plan && { plan }), ...(rateLimit && { rateLimit }) };
}

/** Which calls must carry a user token: none, those from pages, or all. */
export type SignedUsers = "never" | "browsers" | "always";

/** How many signing secrets a project has at most: the one in use, and the one that replaces it. */
export const MAX_SIGNING_SECRETS = 2;

/** A secret that the project's servers sign tokens with. Only the answer to its creation shows it. */
export interface SigningSecret {
  /** Unique in its project. */
  readonly id: string;
  /** The whole secret. Its UTF-8 bytes are the key of HS256. */
  readonly secret: string;
  /** Epoch milliseconds. */
  readonly createTime: number;
}

/** How a project treats one kind of event. */
export interface Widget {
  /** The event's name, such as `like`. */
  readonly event: string;
  readonly rules: WidgetRules;
  readonly milestones: readonly Milestone[];
  readonly settings: WidgetSettings;
}

/** A length of a streak that the widget celebrates. */
export interface Milestone {
  /** Unique in its widget. */
  readonly id: string;
  /** The length in the streak's unit: days, weeks, months or actions; at least 1. */
  readonly target: number;
  /** What the widget says. */
  readonly msg: string;
  /** Such as `message` or `badge`. Only passed on to the widget. */
  readonly rewardType: string;
  /** For what it is awarded: once in each run, or once for each user. Absent when it is not awarded. */
  readonly scope?: "run" | "ever";
  /** Set when it is awarded again at each multiple of the target; then it has a `scope`. */
  readonly repeats?: true;
}

/** How a widget looks. The service only keeps it and passes it on. */
export interface WidgetSettings {
  readonly theme: { readonly name: string };
  readonly position: string;
  readonly mainMessage: string;
}
