import type { State } from "@streakd/web";
import { bare } from "../../../web/src/environment.ts";
import { TEXTS, type Texts } from "./texts.ts";

/** `mainMessage` of a widget whose project has set none: the widget says it in the reader's language. */
const DEFAULT_MESSAGE = "Keep your streak going!";
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Everything that the widget says in one language. */
export interface Words extends Texts {
  /** A language tag, such as `pt-BR`. */
  readonly locale: string;
  number(value: number): string;
  /** In as little space as possible, such as `1K`. */
  compact(value: number): string;
  /** The word for today, with a small letter where the language has them. */
  readonly today: string;
  /** Such as `7 days`. */
  days(count: number): string;
  /** What stands under the number of a streak. */
  label(streak: State["streak"]): string;
  /** The time until midnight, such as `2 hr`. */
  time(ms: number): string;
  /** The shortest name of a day, such as `M`. */
  weekday(isoDate: string): string;
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

const made: Record<string, Words> = bare({});

/**
 * Returns the words of a language. Formats take long to make: they are made once.
 *
 * @param locale what {@link chooseLocale} has returned
 */
export function wordsOf(locale: string): Words {
  made[locale] ??= createWords(locale);
  return made[locale];
}

function createWords(locale: string): Words {
  const texts = TEXTS[new Intl.Locale(locale).language] as Texts;
  const format = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, bare(options));
  const unit = (unit: string, unitDisplay: "short" | "long") => format({ style: "unit", unit, unitDisplay });
  const date = (options: Intl.DateTimeFormatOptions) => {
    const dates = new Intl.DateTimeFormat(locale, bare({ ...options, timeZone: "UTC" }));
    return (isoDate: string) => dates.format(Date.parse(isoDate));
  };
  const days = unit("day", "long");
  return {
    ...texts,
    locale,
    today: new Intl.RelativeTimeFormat(locale, bare({ numeric: "auto" as const })).format(0, "day"),
    number: format({}).format,
    compact: format({ notation: "compact" }).format,
    days: days.format,
    label({ mode, current }) {
      const word = days.formatToParts(current).find(({ type }) => type === "unit")?.value ?? "";
      return mode === "cumulative" ? word : put(texts.streak, word);
    },
    // Up in the last hour, so that there is never no minute left; down before, so that nobody is promised too much.
    time: (ms) =>
      ms < HOUR_MS
        ? unit("minute", "short").format(Math.ceil(ms / MINUTE_MS))
        : unit("hour", "short").format(Math.floor(ms / HOUR_MS)),
    weekday: date({ weekday: "narrow" }),
    date: date({ dateStyle: "full" }),
  };
}

/** Puts a value into a text of the widget. */
export function put(text: string, value: string): string {
  return text.replace("{}", () => value);
}

/** Returns the milestones, the nearest first. */
export function byTarget({ milestones }: State): State["milestones"] {
  return [...milestones].sort((a, b) => a.target - b.target);
}

/** Returns the milestone that is nearest of those that are not reached. */
export function nextMilestone(state: State): State["milestones"][number] | undefined {
  return byTarget(state).find(({ achieved }) => !achieved);
}

/** Returns the main message, `ms` before midnight: the project's with its placeholders filled in, or else the widget's own. */
export function mainMessage(state: State, words: Words, ms: number): string {
  const { current, best } = state.streak;
  const { mainMessage } = state.settings;
  if (mainMessage === DEFAULT_MESSAGE) {
    return current > 0 ? words.keep : words.start;
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
