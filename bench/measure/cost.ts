import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** What a process and those that it has started have cost so far, the dead among them included. */
export interface Cost {
  /** The time on a CPU, in seconds. */
  readonly cpuSeconds: number;
  /** The memory that they hold now, in bytes; what they share counts for each. */
  readonly rssBytes: number;
}

/** Whether this system tells what processes cost. */
export const tellsCost = existsSync("/proc/self/stat");

/** How many ticks of `/proc/<pid>/stat` make a second. */
const TICKS = tellsCost ? Number(spawnSync("getconf", ["CLK_TCK"]).stdout) || 100 : Number.NaN;

/**
 * What a process and its descendants cost, as the system accounts for it: whatever else the machine does, and however
 * slow the generator is, is no part of it. The system counts in hundredths of a second.
 */
export function costOf(pid: number): Cost | undefined {
  if (!tellsCost) {
    return undefined;
  }
  let [ticks, rssBytes] = [0, 0];
  for (const { fields, rss } of family(pid)) {
    // utime, stime, and those of children that have ended; man 5 proc_pid_stat numbers them from 14.
    ticks += fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    rssBytes += rss;
  }
  return { cpuSeconds: ticks / TICKS, rssBytes };
}

function family(pid: number) {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(read)
    .filter((one) => one !== undefined);
  const members = all.filter((one) => one.pid === pid);
  // Grows while it is walked, until no more children are found.
  for (const { pid: parent } of members) {
    members.push(...all.filter((one) => Number(one.fields[1]) === parent));
  }
  return members;
}

function read(name: string) {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, "latin1");
    const status = readFileSync(`/proc/${name}/status`, "latin1");
    return {
      pid: Number(name),
      // Those after the name of the program, which may hold anything: the state, the parent, …
      fields: stat.slice(stat.lastIndexOf(")") + 2).split(" "),
      rss: Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024,
    };
  } catch {
    return undefined; // it has ended meanwhile
  }
}
