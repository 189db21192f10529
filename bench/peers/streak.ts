/** What an ordinary service keeps of a user and a widget: the result so far, changed with each event. */
export interface Streak {
  readonly current: number;
  readonly best: number;
  /** The days done of late, as ISO dates in ascending order, for the week that a widget shows. */
  readonly days: readonly string[];
}

/** A project as an ordinary service keeps it. */
export interface PeerProject {
  readonly live: boolean;
  readonly timeZone: string;
  readonly widgets: readonly {
    readonly event: string;
    readonly milestones: readonly { readonly id: string; readonly target: number; readonly msg: string }[];
    readonly settings: unknown;
  }[];
}

/** The project that all load is for, with what streakd's demo project has. */
export const DEMO_PROJECT: PeerProject = {
  live: true,
  timeZone: "UTC",
  widgets: ["visit", "like"].map((event) => ({
    event,
    milestones: [
      { id: "ms_1", target: 3, msg: "3 days!" },
      { id: "ms_2", target: 7, msg: "1 week!" },
      { id: "ms_3", target: 30, msg: "1 month!" },
      { id: "ms_4", target: 100, msg: "100 days!" },
    ],
    settings: { theme: { name: "" }, position: "", mainMessage: "" },
  })),
};

const DAY_MS = 24 * 60 * 60 * 1000;
const KEPT_DAYS = 14;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The local date of an instant, such as `2024-01-15`. */
export function dateOf(at: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-CA", { timeZone });
    formats.set(timeZone, format);
  }
  return format.format(at);
}

/** The streak after an event on a day. */
export function advance(streak: Streak | undefined, day: string): Streak {
  const last = streak?.days.at(-1);
  if (streak === undefined || last === undefined) {
    return { current: 1, best: 1, days: [day] };
  }
  if (day <= last) {
    return streak;
  }
  const current = last === shift(day, -1) ? streak.current + 1 : 1;
  return { current, best: Math.max(streak.best, current), days: [...streak.days, day].slice(-KEPT_DAYS) };
}

/** The state answer, with all that streakd's has. */
export function stateOf(streak: Streak | undefined, project: PeerProject, event: string, today: string) {
  const widget = project.widgets.find((one) => one.event === event);
  const todayDone = streak?.days.at(-1) === today;
  const isAlive = todayDone || streak?.days.at(-1) === shift(today, -1);
  const current = isAlive ? (streak?.current ?? 0) : 0;
  const monday = shift(today, -((new Date(today).getUTCDay() + 6) % 7));
  return {
    meta: { apiVersion: "1", isLive: project.live },
    streak: { mode: "continuous", current, best: streak?.best ?? 0, todayDone, pending: isAlive && !todayDone },
    week: Array.from({ length: 7 }, (_, index) => {
      const isoDate = shift(monday, index);
      return {
        isoDate,
        label: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][index],
        dayNumber: Number(isoDate.slice(8)),
        isToday: isoDate === today,
        isCheckedIn: streak?.days.includes(isoDate) ?? false,
      };
    }),
    milestones: widget?.milestones.map((one) => ({ ...one, achieved: current >= one.target, rewardType: "message" })),
    settings: widget?.settings,
  };
}

function shift(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}
