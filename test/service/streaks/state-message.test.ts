import fc from "fast-check";
import { expect, test } from "vitest";
import { DaySet } from "#src/domain/streaks/days/day-set.ts";
import { achievedOf } from "#src/domain/streaks/milestones/achieved.ts";
import { weekOf } from "#src/domain/streaks/week.ts";
import { milestonesToMessages, sharedSettings, weekToMessages } from "#src/service/streaks/state-message.ts";
import { day, daysAndToday, daysUpTo, setOf } from "../../domain/given.ts";

test("a week says what the domain says, whichever weeks were asked for before", () => {
  fc.assert(
    fc.property(daysAndToday, ({ days, today }) => {
      const week = weekOf(DaySet.ofMonths(setOf(days)), today);
      const messages = week.map((each) => ({ $typeName: "streak.v1.WeekDay", ...each }));
      expect(weekToMessages(week)).toEqual(messages);
      expect(weekToMessages(week)).toEqual(messages);
    }),
    { numRuns: 1000 }, // more than are kept
  );
});

test("users with the same days done share a week, and those whose today is another have their own", () => {
  const [friday, saturday] = [day("2024-01-12"), day("2024-01-13")];
  const week = (today: number, count: number) =>
    weekToMessages(weekOf(DaySet.ofMonths(setOf(daysUpTo("2024-01-12", count))), today));
  expect(week(friday, 40)).toBe(week(friday, 5));
  expect(week(friday, 4)).not.toBe(week(friday, 5));
  expect(week(saturday, 5).map(({ isToday }) => isToday)).toEqual([false, false, false, false, false, true, false]);
  expect(Object.isFrozen(week(friday, 5)) && week(friday, 5).every(Object.isFrozen)).toBe(true);
});

test("milestones say what the domain says, in any order and for any current", () => {
  const target = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(
      fc.array(target, { maxLength: 6 }),
      fc.array(fc.nat({ max: 22 }), { maxLength: 30 }),
      (targets, all) => {
        const milestones = targets.map((each, i) => ({ id: `${i}`, target: each, msg: "", rewardType: "" }));
        for (const current of all) {
          expect(milestonesToMessages(milestones, current)).toEqual(
            achievedOf(milestones, current).map((each) => ({ $typeName: "streak.v1.MilestoneState", ...each })),
          );
        }
      },
    ),
  );
});

test("settings are one message, frozen with all that is in it, for as long as they are the same object", () => {
  const settings = { theme: { name: "beige" }, position: "left", mainMessage: "Go on!" };
  const message = sharedSettings(settings);
  expect(sharedSettings(settings)).toBe(message);
  expect(Object.isFrozen(message) && Object.isFrozen(message.theme)).toBe(true);
  expect(sharedSettings({ ...settings, position: "right" })).toMatchObject({ position: "right" });
});
