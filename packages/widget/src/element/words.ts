import type { State } from "@streakd/web";
import { bare } from "../../../web/src/environment.ts";
import { nextMilestone } from "../milestones.ts";
import { TEXTS, type Texts } from "./texts.ts";

/** `mainMessage` of a widget whose project has set none: the widget says it in the reader's language. */
const DEFAULT_MESSAGE = "Keep your streak going!";
/** Stands after a number of actions, for which Intl has no word. Screen readers say "times" in their own language. */
const TIMES = "×";
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** What a streak counts. */
type Unit = NonNullable<State["streak"]["unit"]>;

/** Everything that the widget says in one language, of a streak that counts one unit. */
export interface Words {
  /** A language tag, such as `pt-BR`. */
  readonly locale: string;
  number(value: number): string;
  /** What a streak counts, as large as it is shown, such as `42`, or `42×` where that has no word. */
  figure(count: number): string;
  /** In as little space as possible, such as `1K`. */
  compact(value: number): string;
  /** The message of a project that has none of its own. */
  readonly keep: string;
  /** This message where the streak has no day, such as `Your chance: today`. */
  readonly start: string;
  /** What freezes have done. */
  readonly saved: string;
  /** A day that is not needed. */
  readonly restDay: string;
  /** Such as `Paused – Jan 12, 2024`, or `Paused` without an end. */
  pausedUntil(to?: string): string;
  /** Such as `Your chance: next week`. */
  readonly startAnew: string;
  /** Such as `2 hr left`. */
  remaining(what: string): string;
  /** Such as `Best: 12`. */
  longest(count: number): string;
  /** Such as `2 / 3`. */
  share(done: number, needed: number): string;
  /** The word for today, with a small letter where the language has them. */
  readonly today: string;
  /** The word for yesterday, likewise. */
  readonly yesterday: string;
  /** Such as `this week`, in small letters where the language has them. */
  readonly thisPeriod: string;
  /** Such as `7 weeks`. */
  units(count: number): string;
  /** Such as `7 days`. */
  days(count: number): string;
  /** What stands under the number of a streak. */
  label(streak: State["streak"]): string;
  /** The time until today ends, such as `2 hr`. */
  time(ms: number): string;
  /** The shortest name of a day, such as `M`. */
  dayName(isoDate: string): string;
  /** Such as `Monday, January 8, 2024`. */
  date(isoDate: string): string;
}

/**
 * Returns the first of these language tags that the widget has texts in, as Intl takes it, or else English.
 *
 * @param wanted tags such as `pt-BR`; what is no tag is passed over
 */
export function chooseLocale(wanted: readonly (string | null | undefined)[]): string {
  for (const tag of wanted) {
    try {
      const locale = new Intl.Locale(`${tag}`.replace("_", "-"));
      if (locale.language in TEXTS) {
        return `${locale}`;
      }
    } catch {}
  }
  return "en";
}

/**
 * Returns the words of a language for a unit.
 *
 * @param locale what {@link chooseLocale} has returned
 */
export function wordsOf(locale: string, counted: Unit = "day"): Words {
  const texts = TEXTS[locale.slice(0, 2)]?.split("|") as unknown as Texts;
  const [streak, keep, left, best, rest, chance, paused, saved] = texts;
  const numbers = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, bare(options)).format;
  const unit = (unit: string, unitDisplay: "short" | "long" = "long") => numbers({ style: "unit", unit, unitDisplay });
  const dates = (options: Intl.DateTimeFormatOptions) => (isoDate: string) =>
    new Date(isoDate).toLocaleString(locale, bare({ ...options, timeZone: "UTC" }));
  const relative = new Intl.RelativeTimeFormat(locale, bare({ numeric: "auto" as const }));
  const number = numbers({});
  const isAction = counted === "action";
  const figure = isAction ? (count: number) => number(count) + TIMES : number;
  const units = isAction ? figure : unit(counted);
  return {
    locale,
    keep,
    saved,
    restDay: rest,
    pausedUntil: (to) => (to ? `${paused} – ${dates({ dateStyle: "medium" })(to)}` : paused),
    start: chance + relative.format(0, "day"),
    startAnew: chance + relative.format(1, isAction ? "day" : counted),
    remaining: (what) => left.replace("{}", what),
    longest: (count) => best + number(count),
    share: (done, needed) => `${number(done)} / ${number(needed)}`,
    today: relative.format(0, "day"),
    yesterday: relative.format(-1, "day"),
    thisPeriod: relative.format(0, isAction ? "day" : counted),
    number,
    figure,
    compact: numbers({ notation: "compact" }),
    units,
    days: unit("day"),
    label({ mode, current }) {
      const word = units(current).replace(figure(current), "").trim();
      // English counts days as "5 day streak", in one form.
      return mode === "cumulative" ? word : streak.replace("{}", word).replace("day", counted);
    },
    // Up in the last hour, so that there is never no minute left; down before, so that nobody is promised too much.
    time: (ms) =>
      ms < HOUR_MS
        ? unit("minute", "short")(Math.ceil(ms / MINUTE_MS))
        : unit("hour", "short")(Math.trunc(ms / HOUR_MS)),
    dayName: dates({ weekday: "narrow" }),
    date: dates({ dateStyle: "full" }),
  };
}

/**
 * Returns the main message, `ms` before today ends: the project's with its placeholders filled in, or else the widget's
 * own.
 */
export function mainMessage(state: State, words: Words, ms: number): string {
  const { current, best, todayDone, pause } = state.streak;
  const { mainMessage } = state.settings;
  if (mainMessage === DEFAULT_MESSAGE) {
    return current || todayDone ? words.keep : pause ? "" : words.start;
  }
  const { target = current, msg: milestone = "" } = nextMilestone(state) ?? {};
  const values: Record<string, string> = bare({
    current: words.number(current),
    best: words.number(best),
    next: words.number(target - current),
    target: words.number(target),
    milestone,
    left: words.time(ms),
  });
  return mainMessage.replace(/{(\w+)}/g, (all, name) => values[name] ?? all);
}
