import type { State } from "@streakd/web";
import { bare } from "./make.ts";
import { TEXTS, type Texts } from "./texts.ts";

const DEFAULT_LANGUAGE = "en";
/** `mainMessage` of a widget whose project has set none: the widget says it in the reader's language. */
const DEFAULT_MESSAGE = "Keep your streak going!";
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Everything that the widget says in one language. */
export interface Words extends Texts {
  /** A language tag, such as `pt-BR`. */
  readonly locale: string;
  number(value: number, options?: Intl.NumberFormatOptions): string;
  /** Such as `7 days`. */
  days(count: number): string;
  /** What stands under the number of a streak. */
  label(streak: State["streak"]): string;
  /** The time until midnight, such as `2 hr`. */
  time(ms: number): string;
  /** The shortest name of a day, such as `M`, or its whole name, such as `Monday, January 8`. */
  weekday(isoDate: string, width: "narrow" | "long"): string;
}

/**
 * Returns the first of these language tags that the widget has texts in, as Intl takes it, or else English.
 *
 * @param wanted tags such as `pt-BR`; what is no tag is passed over
 */
export function chooseLocale(wanted: readonly (string | null | undefined)[]): string {
  for (const tag of wanted) {
    try {
      const { language, baseName } = new Intl.Locale((tag ?? "").replace("_", "-"));
      if (TEXTS.has(language)) {
        return baseName;
      }
    } catch {}
  }
  return DEFAULT_LANGUAGE;
}

/** @param locale what {@link chooseLocale} has returned */
export function createWords(locale: string): Words {
  const texts = TEXTS.get(new Intl.Locale(locale).language) as Texts;
  const format = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, bare(options));
  const unit = (unit: string, unitDisplay: "short" | "long") => format({ style: "unit", unit, unitDisplay });
  const days = unit("day", "long");
  return {
    ...texts,
    locale,
    number: (value, options = {}) => format(options).format(value),
    days: (count) => days.format(count),
    label({ mode, current }) {
      const word = days.formatToParts(current).find(({ type }) => type === "unit")?.value ?? "";
      return put(mode === "cumulative" ? texts.total : texts.streak, word);
    },
    // Up in the last hour, so that there is never no minute left; down before, so that nobody is promised too much.
    time: (ms) =>
      ms < HOUR_MS
        ? unit("minute", "short").format(Math.ceil(ms / MINUTE_MS))
        : unit("hour", "short").format(Math.floor(ms / HOUR_MS)),
    weekday(isoDate, weekday) {
      const date = weekday === "long" ? ({ month: "long", day: "numeric" } as const) : {};
      return new Intl.DateTimeFormat(locale, bare({ timeZone: "UTC", weekday, ...date })).format(Date.parse(isoDate));
    },
  };
}

/** Puts a value into a text of the widget. */
export function put(text: string, value: string): string {
  return text.replace("{}", () => value);
}

/** Returns the milestone that is nearest of those that are not reached. */
export function nextMilestone({ milestones }: State): State["milestones"][number] | undefined {
  return milestones.filter(({ achieved }) => !achieved).sort((a, b) => a.target - b.target)[0];
}

/** Returns the main message, `ms` before midnight: the project's with its placeholders filled in, or else the widget's own. */
export function mainMessage(state: State, words: Words, ms: number): string {
  const { current, best, mode } = state.streak;
  if (state.settings.mainMessage === DEFAULT_MESSAGE) {
    return current === 0 ? words.start : mode === "cumulative" ? words.more : words.keep;
  }
  const { target = current, msg = "" } = nextMilestone(state) ?? {};
  const values = new Map([
    ["current", words.number(current)],
    ["best", words.number(best)],
    ["next", words.number(target - current)],
    ["target", words.number(target)],
    ["milestone", msg],
    ["left", words.time(ms)],
  ]);
  return state.settings.mainMessage.replace(/\{(\w+)\}/g, (all, name) => values.get(name) ?? all);
}
