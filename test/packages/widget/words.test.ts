import { afterEach, expect, test, vi } from "vitest";
import type { State } from "../../../packages/web/src/index.ts";
import { leftOf } from "../../../packages/widget/src/day.ts";
import { TEXTS } from "../../../packages/widget/src/element/texts.ts";
import { chooseLocale, mainMessage, wordsOf } from "../../../packages/widget/src/element/words.ts";

type Unit = NonNullable<State["streak"]["unit"]>;

const HOUR_MS = 3_600_000;
const UNITS: readonly Unit[] = ["day", "week", "month"];
const languages = Object.keys(TEXTS);

afterEach(() => void vi.useRealTimers());

function state(current: number, mainMessage: string, changes: Partial<State["streak"]> = {}): State {
  return {
    meta: { apiVersion: "1", isLive: true },
    streak: { mode: "continuous", current, best: 12, todayDone: false, pending: current > 0, ...changes },
    week: [],
    milestones: [
      { id: "month", target: 30, msg: "A month!", achieved: current >= 30, rewardType: "message" },
      { id: "week", target: 7, msg: "A week!", achieved: current >= 7, rewardType: "message" },
    ],
    settings: { theme: { name: "beige" }, position: "inline", mainMessage },
  };
}

const label = (locale: string, current: number, mode: State["streak"]["mode"] = "continuous", unit?: Unit) =>
  wordsOf(locale, unit).label(state(current, "", { mode, unit }).streak);

test("there are ten languages, one of which is written from right to left", () => {
  expect(languages).toEqual(["en", "de", "nl", "fr", "it", "es", "pt", "ja", "zh", "ar"]);
});

test.each(languages)("in %s every text is there, and has room for what is filled in", (language) => {
  const texts = TEXTS[language]?.split("|") ?? [];
  expect(texts).toHaveLength(8);
  for (const text of texts) {
    expect(text).toMatch(/\S/);
  }
  const words = wordsOf(language);
  expect(words.today).toMatch(/\S/);
  expect(words.yesterday).not.toBe(words.today);
  for (const text of [words.remaining("7 x"), words.longest(7), words.share(7, 8), words.pausedUntil("2024-07-07")]) {
    expect(text).toMatch(/7/);
    expect(text).not.toMatch(/[{}]/);
  }
});

test.each(languages)("in %s weeks and months have words of their own", (language) => {
  const said = UNITS.map((unit) => {
    const words = wordsOf(language, unit);
    return [label(language, 3, "continuous", unit), words.units(3), words.thisPeriod, words.startAnew];
  });
  for (const texts of said[0]?.map((_, i) => said.map((all) => all[i])) ?? []) {
    expect(new Set(texts).size, `${texts}`).toBe(3);
  }
});

test.each(languages.flatMap((language) => UNITS.map((unit) => [language, unit] as const)))(
  "in %s every number has its word for the unit %s, in each plural form",
  (language, unit) => {
    const forms = new Map<string, Set<string>>();
    const rules = new Intl.PluralRules(language);
    for (const current of [0, 1, 2, 3, 7, 10, 11, 25, 99, 100, 101, 102, 365, 1000, 12_345]) {
      const text = label(language, current, "continuous", unit);
      expect(text, `${current}`).not.toMatch(/[{}\d]|^\s|undefined/);
      const form = rules.select(current);
      forms.set(form, (forms.get(form) ?? new Set()).add(text));
    }
    for (const [form, texts] of forms) {
      expect([...texts], form).toHaveLength(1);
    }
  },
);

test("a language's own plural rules decide the word", () => {
  expect([1, 2].map((days) => label("de", days))).toEqual(["Tag in Folge", "Tage in Folge"]);
  expect([0, 1, 2].map((days) => label("fr", days))).toEqual(["jour d’affilée", "jour d’affilée", "jours d’affilée"]);
  expect([1, 2, 3, 11, 100].map((days) => label("ar", days, "cumulative"))).toEqual([
    "يوم",
    "يومان",
    "أيام",
    "يومًا",
    "يوم",
  ]);
});

test("weeks and months are counted as days are", () => {
  expect(UNITS.map((unit) => label("en", 12, "continuous", unit))).toEqual([
    "day streak",
    "week streak",
    "month streak",
  ]);
  expect(UNITS.map((unit) => label("it", 12, "continuous", unit))).toEqual([
    "giorni di fila",
    "settimane di fila",
    "mesi di fila",
  ]);
  expect([1, 2, 3, 12].map((weeks) => label("ar", weeks, "continuous", "week"))).toEqual([
    "أسبوع على التوالي",
    "أسبوعان على التوالي",
    "أسابيع على التوالي",
    "أسبوعًا على التوالي",
  ]);
  const { share, thisPeriod, startAnew } = wordsOf("de", "month");
  expect([share(2, 10), thisPeriod, startAnew]).toEqual(["2 / 10", "diesen Monat", "Deine Chance: nächsten Monat"]);
});

test.each(languages)("in %s actions are counted by a sign that needs no word", (language) => {
  const { number, figure, units, remaining } = wordsOf(language, "action");
  for (const count of [0, 1, 2, 3, 11, 12_345]) {
    expect([figure(count), units(count)]).toEqual([`${number(count)}×`, `${number(count)}×`]);
    expect(label(language, count, "cumulative", "action")).toBe("");
  }
  expect(remaining(units(85))).toContain(`${number(85)}×`);
  expect(wordsOf(language).figure(12_345)).toBe(number(12_345));
});

test("a cumulative streak is days, and a continuous one is days in a row", () => {
  expect([label("en", 5), label("en", 5, "cumulative"), label("en", 1, "cumulative")]).toEqual([
    "day streak",
    "days",
    "day",
  ]);
});

test.each([
  [["pt-BR", "de"], "pt-BR"],
  [[null, "", undefined, "nl_BE"], "nl-BE"],
  [["pl", "fr-CA"], "fr-CA"],
  [["not a tag", "x", "constructor"], "en"],
  [["zh-Hant-TW"], "zh-Hant-TW"],
  [["DE-at"], "de-AT"],
  [[], "en"],
])("of the languages %j it speaks %s", (wanted, locale) => {
  expect(chooseLocale(wanted)).toBe(locale);
});

test("numbers, days and times are written as in the language", () => {
  const [english, german] = [wordsOf("en"), wordsOf("de")];
  expect([english.number(12_345), german.number(12_345)]).toEqual(["12,345", "12.345"]);
  expect([german.days(1), german.days(7)]).toEqual(["1 Tag", "7 Tage"]);
  expect([2.9 * HOUR_MS, HOUR_MS, HOUR_MS - 1, 1].map(english.time)).toEqual(["2 hr", "1 hr", "60 min", "1 min"]);
  expect(german.dayName("2024-01-12")).toBe("F");
  expect(german.date("2024-01-12")).toBe("Freitag, 12. Januar 2024");
});

test("the message has its placeholders filled in, and unknown ones stay", () => {
  const message = "{current}/{target}: {next} to {milestone} Best {best}, {left}. {name} {constructor} {}";
  expect(mainMessage(state(5, message), wordsOf("en"), 2 * HOUR_MS)).toBe(
    "5/7: 2 to A week! Best 12, 2 hr. {name} {constructor} {}",
  );
  expect(mainMessage(state(40, "{next}|{target}|{milestone}|"), wordsOf("en"), HOUR_MS)).toBe("0|40||");
});

test("what is filled in is not filled in again, and `$&` is nothing special", () => {
  const { milestones, ...rest } = state(5, "{milestone}");
  const tricky = { ...rest, milestones: milestones.map((milestone) => ({ ...milestone, msg: "{best} $& $1" })) };
  expect(mainMessage(tricky, wordsOf("en"), HOUR_MS)).toBe("{best} $& $1");
});

test("whoever has done today needs no invitation, though no week is kept yet", () => {
  const first = state(0, "Keep your streak going!", { todayDone: true, unit: "week" });
  expect(mainMessage(first, wordsOf("en", "week"), HOUR_MS)).toBe("Keep your streak going!");
});

test("a streak that is paused before it has begun is told nothing", () => {
  const told = (current: number) => state(current, "Keep your streak going!", { pause: { from: "2024-01-08" } });
  expect([0, 1].map((current) => mainMessage(told(current), wordsOf("en"), HOUR_MS))).toEqual([
    "",
    "Keep your streak going!",
  ]);
});

test("the default message is said in the reader's language, and invites who has no day yet", () => {
  const say = (current: number) => mainMessage(state(current, "Keep your streak going!"), wordsOf("it"), 2 * HOUR_MS);
  expect([say(0), say(1)]).toEqual(["La tua chance: oggi", "Continua così!"]);
});

/** A state whose today is a day. */
function stateOn(isoDate: string, streak: Partial<State["streak"]> = {}): State {
  const dates = [1, 0].map((before) =>
    new Date(Date.parse(isoDate) - before * 24 * HOUR_MS).toISOString().slice(0, 10),
  );
  const week = dates.map((date) => ({
    ...{ isoDate: date, label: "", dayNumber: 1, isToday: date === isoDate, isCheckedIn: false },
  }));
  return { ...state(1, "", streak), week };
}

test.each([
  ["2024-01-12T21:30:00Z", "UTC", "2024-01-12", 2.5],
  ["2024-01-12T21:30:00Z", "America/New_York", "2024-01-12", 7.5],
  ["2024-01-12T18:30:00Z", "Asia/Kolkata", "2024-01-13", 24],
  ["2024-01-12T18:29:00Z", "Asia/Kolkata", "2024-01-12", 1 / 60],
])("at %s the day in %s, %s, ends in %d hours", (now, tz, isoDate, hours) => {
  vi.useFakeTimers({ now: Date.parse(now) });
  expect(leftOf(stateOn(isoDate), tz)).toBeCloseTo(hours * HOUR_MS, 3);
  expect(leftOf(undefined, tz)).toBeNaN();
});

test("nothing is left of a day that is over", () => {
  vi.useFakeTimers({ now: Date.parse("2024-01-13T00:00:00Z") });
  expect(leftOf(stateOn("2024-01-12"), "UTC")).toBe(0);
  vi.setSystemTime(Date.parse("2024-01-13T09:30:00Z"));
  expect(leftOf(stateOn("2024-01-12"), "UTC")).toBe(-9.5 * HOUR_MS);
});

test("the day ends when the state says so", () => {
  vi.useFakeTimers({ now: Date.parse("2024-01-13T01:30:00Z") });
  expect(leftOf(stateOn("2024-01-12", { todayEndTime: "2024-01-13T04:00:00.000Z" }), "UTC")).toBe(2.5 * HOUR_MS);
});

test("an unknown time zone is refused", () => {
  expect(() => leftOf(undefined, "Nowhere/None")).toThrow(RangeError);
});
