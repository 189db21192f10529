import type { NaiveVersion } from "./oracle.ts";

/** Instants in a zone, under versions of rules. */
export interface DayStartGiven {
  readonly name: string;
  readonly zone: string;
  readonly versions: readonly NaiveVersion[];
  /** In UTC, in order. */
  readonly instants: readonly string[];
}

function at(start: string): readonly NaiveVersion[] {
  return [{ rules: { dayStart: start } }];
}

/** The examples of `test/vectors/day-start.json`. */
export const examples: readonly DayStartGiven[] = [
  {
    name: "The last moment before the start of the day belongs to the day before",
    zone: "UTC",
    versions: at("04:00"),
    instants: [
      ...["2026-02-06T23:59:59.999Z", "2026-02-07T00:00:00.000Z", "2026-02-07T02:00:00.000Z"],
      ...["2026-02-07T03:59:59.999Z", "2026-02-07T04:00:00.000Z"],
    ],
  },
  {
    name: "Any minute up to 06:00 can be the start",
    zone: "Asia/Kolkata",
    versions: at("00:01"),
    instants: ["2026-02-06T18:30:00.000Z", "2026-02-06T18:31:00.000Z"],
  },
  {
    name: "The zone of the event decides",
    zone: "America/New_York",
    versions: at("06:00"),
    instants: ["2026-02-07T10:59:59.999Z", "2026-02-07T11:00:00.000Z"],
  },
  {
    name: "The night before a month and a year belongs to the old ones",
    zone: "Europe/Berlin",
    versions: at("04:00"),
    instants: ["2025-12-31T23:30:00.000Z", "2026-01-01T02:59:00.000Z", "2026-01-01T03:00:00.000Z"],
  },
  {
    name: "A later start makes the day before the change longer",
    zone: "UTC",
    versions: [{ rules: {} }, { from: "2026-02-07", rules: { dayStart: "04:00" } }],
    instants: ["2026-02-06T02:00:00.000Z", "2026-02-07T02:00:00.000Z", "2026-02-07T04:00:00.000Z"],
  },
  {
    name: "An earlier start makes the day before the change shorter",
    zone: "UTC",
    versions: [{ rules: { dayStart: "05:00" } }, { from: "2026-02-07", rules: { dayStart: "01:00" } }],
    instants: [
      ...["2026-02-06T04:00:00.000Z", "2026-02-06T05:00:00.000Z", "2026-02-07T00:59:00.000Z"],
      ...["2026-02-07T01:00:00.000Z"],
    ],
  },
  {
    name: "The start goes away with a change",
    zone: "UTC",
    versions: [{ rules: { dayStart: "04:00" } }, { from: "2026-02-07", rules: {} }],
    instants: ["2026-02-06T03:59:00.000Z", "2026-02-06T23:59:00.000Z", "2026-02-07T00:00:00.000Z"],
  },
  {
    name: "A start that the clock skips: the day begins when the clock is put forward",
    zone: "America/New_York",
    versions: at("02:30"),
    instants: ["2026-03-08T06:59:59.999Z", "2026-03-08T07:00:00.000Z"],
  },
  {
    name: "A start that the clock shows twice: the day before comes back for a while",
    zone: "America/New_York",
    versions: at("01:30"),
    instants: [
      ...["2026-11-01T05:29:00.000Z", "2026-11-01T05:30:00.000Z", "2026-11-01T06:00:00.000Z"],
      ...["2026-11-01T06:30:00.000Z"],
    ],
  },
  {
    name: "A midnight that comes twice is before the start both times",
    zone: "America/Havana",
    versions: at("02:00"),
    instants: [
      ...["2024-11-03T04:30:00.000Z", "2024-11-03T05:30:00.000Z", "2024-11-03T06:59:00.000Z"],
      ...["2024-11-03T07:00:00.000Z"],
    ],
  },
  {
    name: "A midnight that the clock skips",
    zone: "Asia/Beirut",
    versions: at("00:30"),
    instants: ["2024-03-30T21:59:59.999Z", "2024-03-30T22:00:00.000Z"],
  },
  {
    name: "A night in which the clock is put back by half an hour",
    zone: "Australia/Lord_Howe",
    versions: at("01:45"),
    instants: [
      ...["2024-04-06T14:44:00.000Z", "2024-04-06T14:45:00.000Z", "2024-04-06T15:00:00.000Z"],
      ...["2024-04-06T15:15:00.000Z"],
    ],
  },
  {
    name: "A date that the zone skips: the night after it is all that it has",
    zone: "Pacific/Apia",
    versions: at("04:00"),
    instants: [
      ...["2011-12-29T14:00:00.000Z", "2011-12-30T09:59:59.999Z", "2011-12-30T10:00:00.000Z"],
      ...["2011-12-30T13:59:00.000Z", "2011-12-30T14:00:00.000Z"],
    ],
  },
  {
    name: "Grace: an event is late in the first minutes of its day",
    zone: "UTC",
    versions: [{ rules: { graceMinutes: 120 } }],
    instants: [
      ...["2026-02-06T23:59:59.999Z", "2026-02-07T00:00:00.000Z", "2026-02-07T01:59:59.999Z"],
      ...["2026-02-07T02:00:00.000Z"],
    ],
  },
  {
    name: "Grace: it begins with the start of the day",
    zone: "UTC",
    versions: [{ rules: { dayStart: "04:00", graceMinutes: 30 } }],
    instants: [
      ...["2026-02-07T00:10:00.000Z", "2026-02-07T03:59:00.000Z", "2026-02-07T04:00:00.000Z"],
      ...["2026-02-07T04:29:00.000Z", "2026-02-07T04:30:00.000Z"],
    ],
  },
  {
    name: "Grace: the rules of the day before decide, when it comes",
    zone: "UTC",
    versions: [{ rules: {} }, { from: "2026-02-07", rules: { graceMinutes: 60 } }],
    instants: ["2026-02-07T00:10:00.000Z", "2026-02-08T00:10:00.000Z"],
  },
  {
    name: "Grace: the rules of the day before decide, when it goes",
    zone: "UTC",
    versions: [{ rules: { graceMinutes: 60 } }, { from: "2026-02-07", rules: {} }],
    instants: ["2026-02-07T00:10:00.000Z", "2026-02-08T00:10:00.000Z"],
  },
  {
    name: "Grace: with a later start from this day on, it begins with that start",
    zone: "UTC",
    versions: [{ rules: { graceMinutes: 60 } }, { from: "2026-02-07", rules: { dayStart: "04:00", graceMinutes: 60 } }],
    instants: ["2026-02-07T00:10:00.000Z", "2026-02-07T04:10:00.000Z", "2026-02-07T05:00:00.000Z"],
  },
  {
    name: "Grace: the clock decides when it is put forward",
    zone: "America/New_York",
    versions: [{ rules: { graceMinutes: 180 } }],
    instants: ["2026-03-08T06:59:00.000Z", "2026-03-08T07:00:00.000Z"],
  },
  {
    name: "Grace: the clock decides when it is put back: the grace comes back for a while",
    zone: "America/New_York",
    versions: [{ rules: { graceMinutes: 90 } }],
    instants: [
      ...["2026-11-01T05:29:00.000Z", "2026-11-01T05:30:00.000Z", "2026-11-01T06:00:00.000Z"],
      ...["2026-11-01T06:29:00.000Z", "2026-11-01T06:30:00.000Z"],
    ],
  },
  {
    name: "Grace: a start that the clock skips takes its minutes from the grace",
    zone: "America/New_York",
    versions: [{ rules: { dayStart: "02:30", graceMinutes: 60 } }],
    instants: ["2026-03-08T07:00:00.000Z", "2026-03-08T07:29:00.000Z", "2026-03-08T07:30:00.000Z"],
  },
  {
    name: "Grace: the day before comes back by the clock, and nothing of it is late",
    zone: "America/New_York",
    versions: [{ rules: { dayStart: "01:30", graceMinutes: 60 } }],
    instants: [
      ...["2026-11-01T05:29:00.000Z", "2026-11-01T05:30:00.000Z", "2026-11-01T06:00:00.000Z"],
      ...["2026-11-01T06:30:00.000Z", "2026-11-01T07:29:00.000Z", "2026-11-01T07:30:00.000Z"],
    ],
  },
  {
    name: "Grace: after a date that the zone skips, it is that of the date before in the calendar",
    zone: "Pacific/Apia",
    versions: [{ rules: { graceMinutes: 60 } }],
    instants: ["2011-12-30T09:59:00.000Z", "2011-12-30T10:00:00.000Z", "2011-12-30T11:00:00.000Z"],
  },
];
