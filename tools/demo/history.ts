import { type Day, isoDate, type LocalNow, moodOf, timeOf } from "./calendar.ts";
import type { Person } from "./people.ts";
import type { Random } from "./random.ts";

/** An event as the API takes it, without the project. */
export interface DemoEvent {
  readonly userHash: string;
  readonly event: string;
  readonly eventType?: "widget_impression" | "widget_interaction";
  /** The local time in the zone `tz`. */
  readonly ts: string;
  readonly tz: string;
  readonly sessionId: string;
  readonly meta: { readonly plan: string; readonly platform: string };
}

/** What a person has done. */
export interface History {
  readonly events: readonly DemoEvent[];
  /** The visitor that became the user; undefined if there was none. */
  readonly visitor: string | undefined;
}

/** How likely it is, on an active day, that a person does the following. */
const SEES_WIDGET = 0.3;
const OPENS_WIDGET = 0.08;
const DOES_LESSON = 0.72;
const REPEATS_LESSON = 0.08;
const SAVES_WORD = 0.18;

/** Of how many hours the times of a person's active days differ. */
const HOURS_SPREAD = 1.6;

/** The first and the last hour at which anybody is active. Times that a change of the clocks leaves out come before. */
const FIRST_HOUR = 5;
const LAST_HOUR = 23.8;

/** Invents what a person has done until now. */
export function historyOf(person: Person, { day: today, time: now }: LocalNow, random: Random): History {
  const events: DemoEvent[] = [];
  const firstDay = today - person.firstDaysAgo;
  let activeDays = 0;
  for (let day = firstDay; day <= today && day < firstDay + person.lifetime; day++) {
    // Whoever is most regular minds weekends and holidays least.
    const isActive = day === firstDay || random.chance(person.habit * moodOf(day) ** (2 * (1 - person.habit)));
    if (isActive) {
      events.push(...eventsOfDay(person, day, activeDays, random));
      activeDays += 1;
    }
  }
  const past = events.filter(({ ts }) => ts < now);
  const signedIn = past.some(({ userHash }) => userHash === person.userHash);
  return { events: past, visitor: signedIn ? person.visitor : undefined };
}

function* eventsOfDay(person: Person, day: Day, activeDays: number, random: Random): Generator<DemoEvent> {
  const { visitor, visitorDays, userHash, zone: tz, platform, takesPart, plan, buysAfter } = person;
  let hour = random.around(person.hour, HOURS_SPREAD);
  const common = {
    userHash: visitor !== undefined && activeDays < visitorDays ? visitor : userHash,
    tz,
    sessionId: `${userHash}-${isoDate(day)}`,
    meta: { plan: plan === "free" && activeDays > buysAfter ? "pro" : plan, platform },
  };
  // A minute or two pass from one event to the next.
  const next = (event: string) => {
    hour += random.next() / 30;
    return { ...common, event, ts: timeOf(day, Math.min(LAST_HOUR, Math.max(FIRST_HOUR, hour))) };
  };
  if (!takesPart || random.chance(SEES_WIDGET)) {
    yield { ...next("visit"), eventType: "widget_impression" };
  }
  if (!takesPart) {
    return;
  }
  yield next("visit");
  if (random.chance(OPENS_WIDGET)) {
    yield { ...next("visit"), eventType: "widget_interaction" };
  }
  if (random.chance(DOES_LESSON)) {
    yield next("lesson_done");
    if (random.chance(REPEATS_LESSON)) {
      yield next("lesson_done");
    }
  }
  if (random.chance(SAVES_WORD)) {
    yield next("word_saved");
  }
}
