import type { NaiveVersion } from "../day-start/oracle.ts";
import type { CorrectionGiven } from "./vector.ts";

const MIDNIGHT: readonly NaiveVersion[] = [{ rules: {} }];
const FOUR: readonly NaiveVersion[] = [{ rules: { dayStart: "04:00" } }];
const GRACE: readonly NaiveVersion[] = [{ rules: { graceMinutes: 120 } }];

/** The examples of `test/vectors/zones.json`. */
export const examples: readonly CorrectionGiven[] = [
  {
    name: "UTC was named in Tokyo: what is done before 9 in the morning belongs to the next day",
    wrongZone: "UTC",
    rightZone: "Asia/Tokyo",
    versions: MIDNIGHT,
    events: [
      ...["2026-02-02T22:00:00.000Z", "2026-02-03T23:00:00.000Z", "2026-02-04T13:00:00.000Z"],
      ...["2026-02-05T14:59:59.999Z", "2026-02-05T15:00:00.000Z", "2026-02-05T22:30:00.000Z"],
    ],
  },
  {
    name: "UTC was named in Honolulu: what is done after 14:00 belongs to the day before",
    wrongZone: "UTC",
    rightZone: "Pacific/Honolulu",
    versions: MIDNIGHT,
    events: [
      "2026-02-03T23:59:59.999Z",
      "2026-02-04T00:00:00.001Z",
      "2026-02-04T09:59:59.999Z",
      "2026-02-04T10:00:00.000Z",
    ],
  },
  {
    name: "Taken back: the other way round, each event has the day that it had",
    wrongZone: "Asia/Tokyo",
    rightZone: "UTC",
    versions: MIDNIGHT,
    events: [
      "2026-02-02T22:00:00.000Z",
      "2026-02-03T23:00:00.000Z",
      "2026-02-04T13:00:00.000Z",
      "2026-02-05T22:30:00.000Z",
    ],
  },
  {
    name: "From one side of the date line to the other, an event can get a day that is two days earlier",
    wrongZone: "Pacific/Kiritimati",
    rightZone: "Pacific/Pago_Pago",
    versions: MIDNIGHT,
    events: [
      "2026-02-04T10:00:00.001Z",
      "2026-02-04T10:59:59.999Z",
      "2026-02-04T11:00:00.000Z",
      "2026-02-05T09:59:59.999Z",
    ],
  },
  {
    name: "A date alone stays on its date, at the first moment of it",
    wrongZone: "UTC",
    rightZone: "Asia/Tokyo",
    versions: MIDNIGHT,
    events: ["2026-02-04", "2026-02-04T00:00:00.001Z"],
  },
  {
    name: "An event at the very first moment of a date is taken for a date alone",
    wrongZone: "UTC",
    rightZone: "Pacific/Honolulu",
    versions: MIDNIGHT,
    events: ["2026-02-04T00:00:00.000Z", "2026-02-03T23:59:59.999Z", "2026-02-04T00:00:00.001Z"],
  },
  {
    name: "A date alone stays whenever the day begins, and an event at 00:00 is none where its day began earlier",
    wrongZone: "UTC",
    rightZone: "Asia/Tokyo",
    versions: FOUR,
    events: ["2026-02-04", "2026-02-05T00:00:00.000Z"],
  },
  {
    name: "Where there is a grace, a date alone is not late, and an event at 00:00 is",
    wrongZone: "UTC",
    rightZone: "Europe/Berlin",
    versions: GRACE,
    events: ["2026-02-04", "2026-02-05T00:00:00.000Z"],
  },
  {
    name: "A date alone begins where the clock skips midnight",
    wrongZone: "Africa/Cairo",
    rightZone: "Asia/Beirut",
    versions: MIDNIGHT,
    events: ["2024-04-26", "2024-03-31", "2024-04-25T22:00:00.000Z", "2024-04-25T22:00:00.001Z"],
  },
  {
    name: "A midnight that comes twice begins the date when it comes first",
    wrongZone: "America/Havana",
    rightZone: "UTC",
    versions: MIDNIGHT,
    events: ["2024-11-03T04:00:00.000Z", "2024-11-03T05:00:00.000Z"],
  },
  {
    name: "A date alone stays on a date that the right zone has left out",
    wrongZone: "Pacific/Pago_Pago",
    rightZone: "Pacific/Apia",
    versions: MIDNIGHT,
    events: ["2011-12-30", "2011-12-30T10:59:59.999Z", "2011-12-30T11:00:00.001Z", "2011-12-31T10:59:59.999Z"],
  },
  {
    name: "In the hours before the start of the day, even a date that the right zone has left out has events",
    wrongZone: "UTC",
    rightZone: "Pacific/Apia",
    versions: FOUR,
    events: [
      ...["2011-12-30T09:59:59.999Z", "2011-12-30T10:00:00.000Z", "2011-12-30T13:59:59.999Z"],
      ...["2011-12-30T14:00:00.000Z"],
    ],
  },
  {
    name: "The start of the day is that of the right zone's clock",
    wrongZone: "UTC",
    rightZone: "Asia/Tokyo",
    versions: FOUR,
    events: [
      ...["2026-02-04T03:59:00.000Z", "2026-02-04T04:00:00.000Z", "2026-02-04T18:59:59.999Z"],
      ...["2026-02-04T19:00:00.000Z"],
    ],
  },
  {
    name: "Late in the wrong zone, in time in the right one, and the other way round",
    wrongZone: "UTC",
    rightZone: "Europe/Berlin",
    versions: GRACE,
    events: [
      ...["2026-02-03T22:59:59.999Z", "2026-02-03T23:00:00.000Z", "2026-02-04T00:30:00.000Z"],
      ...["2026-02-04T01:00:00.000Z", "2026-02-04T01:59:59.999Z", "2026-02-04T02:00:00.000Z"],
    ],
  },
  {
    name: "Grace begins with the start of the day",
    wrongZone: "UTC",
    rightZone: "Europe/Berlin",
    versions: [{ rules: { dayStart: "04:00", graceMinutes: 60 } }],
    events: [
      "2026-02-04T02:59:00.000Z",
      "2026-02-04T03:00:00.000Z",
      "2026-02-04T03:59:00.000Z",
      "2026-02-04T04:30:00.000Z",
    ],
  },
  {
    name: "The version of the new day holds, and not that of the old day",
    wrongZone: "UTC",
    rightZone: "Asia/Tokyo",
    versions: [{ rules: {} }, { from: "2026-02-05", rules: { dayStart: "06:00", graceMinutes: 60 } }],
    events: [
      ...["2026-02-03T20:00:00.000Z", "2026-02-04T20:00:00.000Z", "2026-02-04T21:30:00.000Z"],
      ...["2026-02-05T21:30:00.000Z"],
    ],
  },
  {
    name: "The rules of today hold, and not those of the day when the event came",
    wrongZone: "UTC",
    rightZone: "Europe/Paris",
    versions: FOUR,
    versionsToday: MIDNIGHT,
    events: ["2026-02-04T02:00:00.000Z", "2026-02-04T00:00:00.000Z", "2026-02-04T12:00:00.000Z"],
  },
  {
    name: "Two events of different days come to one day, and two of one day to different days",
    wrongZone: "UTC",
    rightZone: "America/St_Johns",
    versions: MIDNIGHT,
    events: [
      ...["2026-02-03T23:00:00.000Z", "2026-02-04T02:00:00.000Z", "2026-02-04T03:29:59.999Z"],
      ...["2026-02-04T03:30:00.000Z", "2026-02-04T20:00:00.000Z"],
    ],
  },
  {
    name: "The night in which the right zone's clock is put back over midnight: the day before comes back for a while",
    wrongZone: "UTC",
    rightZone: "America/St_Johns",
    versions: MIDNIGHT,
    events: [
      ...["2010-11-07T02:29:59.999Z", "2010-11-07T02:30:30.000Z", "2010-11-07T02:31:00.000Z"],
      ...["2010-11-07T03:29:59.999Z", "2010-11-07T03:30:00.000Z"],
    ],
  },
  {
    name: "The night in which Santiago skips midnight",
    wrongZone: "UTC",
    rightZone: "America/Santiago",
    versions: GRACE,
    events: [
      ...["2024-09-08T03:59:59.999Z", "2024-09-08T04:00:00.000Z", "2024-09-08T04:59:59.999Z"],
      ...["2024-09-08T05:00:00.000Z"],
    ],
  },
  {
    name: "The night in which Cairo has its last hour twice",
    wrongZone: "Europe/London",
    rightZone: "Africa/Cairo",
    versions: MIDNIGHT,
    events: [
      ...["2024-10-31T20:59:59.999Z", "2024-10-31T21:00:00.000Z", "2024-10-31T21:59:59.999Z"],
      ...["2024-10-31T22:00:00.000Z"],
    ],
  },
  {
    name: "Half an hour between Sydney and Lord Howe in winter, and none in summer",
    wrongZone: "Australia/Sydney",
    rightZone: "Australia/Lord_Howe",
    versions: MIDNIGHT,
    events: [
      ...["2026-06-10T13:29:59.999Z", "2026-06-10T13:30:00.000Z", "2026-06-10T13:59:59.999Z"],
      ...["2026-01-10T12:59:59.999Z", "2026-01-10T13:00:00.001Z"],
    ],
  },
  {
    name: "Another name of the same zone changes nothing",
    wrongZone: "Asia/Calcutta",
    rightZone: "Asia/Kolkata",
    versions: FOUR,
    events: ["2026-02-04", "2026-02-04T18:30:00.000Z", "2026-02-04T22:29:59.999Z", "2026-02-04T22:30:00.000Z"],
  },
];
