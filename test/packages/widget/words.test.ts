import { expect, test } from "vitest";
import type { State } from "../../../packages/web/src/index.ts";
import { untilMidnight } from "../../../packages/widget/src/day.ts";
import { TEXTS } from "../../../packages/widget/src/element/texts.ts";
import { chooseLocale, mainMessage, wordsOf } from "../../../packages/widget/src/element/words.ts";

const HOUR_MS = 3_600_000;
const languages = Object.keys(TEXTS);

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

const label = (locale: string, current: number, mode: State["streak"]["mode"] = "continuous") =>
  wordsOf(locale).label(state(current, "", { mode }).streak);

test("there are ten languages, one of which is written from right to left", () => {
  expect(languages).toEqual(["en", "de", "fr", "es", "pt", "it", "nl", "ja", "zh", "ar"]);
});

test.each(languages)("in %s every text is there, and has room for what is filled in", (language) => {
  const texts = TEXTS[language];
  for (const [name, text] of Object.entries(texts ?? {})) {
    expect(text, name).toMatch(/\S/);
    if (name === "left" || name === "best") {
      expect(text.split("{}"), name).toHaveLength(2);
    }
  }
  expect(wordsOf(language).today).toMatch(/\S/);
});

test.each(languages)("in %s every number has its word for days, in each plural form", (language) => {
  const forms = new Map<string, Set<string>>();
  const rules = new Intl.PluralRules(language);
  for (const current of [0, 1, 2, 3, 7, 10, 11, 25, 99, 100, 101, 102, 365, 1000, 12_345]) {
    const text = label(language, current);
    expect(text, `${current}`).not.toMatch(/[{}\d]|^\s|undefined/);
    const form = rules.select(current);
    forms.set(form, (forms.get(form) ?? new Set()).add(text));
  }
  for (const [form, texts] of forms) {
    expect([...texts], form).toHaveLength(1);
  }
});

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
  expect(german.weekday("2024-01-12")).toBe("F");
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

test("the default message is said in the reader's language, and invites who has no day yet", () => {
  const say = (current: number) => mainMessage(state(current, "Keep your streak going!"), wordsOf("it"), 2 * HOUR_MS);
  expect([say(0), say(1)]).toEqual(["Inizia oggi!", "Continua così!"]);
});

test.each([
  ["2024-01-12T21:30:00Z", "UTC", 2.5],
  ["2024-01-12T21:30:00Z", "America/New_York", 7.5],
  ["2024-01-12T18:30:00Z", "Asia/Kolkata", 24],
  ["2024-01-12T18:29:00Z", "Asia/Kolkata", 1 / 60],
])("at %s the day in %s ends in %d hours", (now, tz, hours) => {
  expect(untilMidnight(Date.parse(now), tz)).toBeCloseTo(hours * HOUR_MS, 3);
});

test("an unknown time zone is refused", () => {
  expect(() => untilMidnight(0, "Nowhere/None")).toThrow(RangeError);
});
