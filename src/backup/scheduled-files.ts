/** How a scheduled backup is named: by the time at which it began, in UTC. */
const NAME = /^streakd-(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})Z\.db$/;

/** How the folder is named in which a scheduled backup is made. */
const UNFINISHED = /^\.(streakd-.*Z\.db)\.unfinished-\d+-\w+$/;

/** Returns the name of a scheduled backup that begins now, in epoch milliseconds. */
export function scheduledName(now: number): string {
  return `streakd-${new Date(now).toISOString().slice(0, 19).replaceAll(":", "-")}Z.db`;
}

/** Returns the names of scheduled backups among the names in a folder, the oldest first. */
export function scheduledAmong(names: readonly string[]): string[] {
  return names.filter((name) => NAME.test(name)).toSorted();
}

/** Returns when a scheduled backup began, in epoch milliseconds. */
export function timeOf(name: string): number {
  const [, date, hours, minutes, seconds] = NAME.exec(name) ?? [];
  return Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`);
}

/** Whether a name is that of the folder in which a scheduled backup was being made. */
export function isUnfinished(name: string): boolean {
  return NAME.test(UNFINISHED.exec(name)?.[1] ?? "");
}
