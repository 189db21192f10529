import { percentile, sorted } from "../load/h2load.ts";
import { costOf } from "../measure/cost.ts";
import type { Program } from "../measure/program.ts";
import { mebibytes, short } from "../report/table.ts";
import type { Crowd, CrowdAnswers } from "./crowds.ts";
import { type Visit, type Visits, visit, visitAlone, visitDuring } from "./visitor.ts";

/** How many lone visits tell what is normal, and what percentage of them was as quick. */
const NORMAL_VISITS = 100;
const NORMAL_PERCENT = 95;

/** How many visits in a row have to be as quick as normal ones for all to be normal again. */
const QUICK_IN_A_ROW = 10;

/** How long to wait for that, in milliseconds. */
const RECOVERY_PATIENCE_MS = 60_000;

/** Within how many milliseconds after the crowd's end that has to be so: the target. */
const RECOVERY_TARGET_MS = 1_000;

/** How often to look at the server's memory, in milliseconds. */
const MEMORY_PACE_MS = 250;

/** What a crowd did to a server. */
export interface Ordeal {
  readonly crowd: string;
  readonly answers: CrowdAnswers;
  /** What visitors met with meanwhile. */
  readonly visits: Visits;
  /** What most lone visits before took at most, in milliseconds. */
  readonly normalMs: number;
  /** From the crowd's end until lone visits were as quick again, in milliseconds; undefined when they never were. */
  readonly recoveryMs: number | undefined;
  /** The most memory that the server held, in bytes. */
  readonly maxRssBytes: number | undefined;
}

/** Sends a crowd to a server, and looks at what that does to others, and for how long. */
export async function undergo(server: Program, crowd: Crowd, seconds: number): Promise<Ordeal> {
  const { url, pid } = server;
  const normalMs = percentile(sorted(await visitAlone(url, NORMAL_VISITS)), NORMAL_PERCENT);
  let maxRssBytes = costOf(pid)?.rssBytes;
  const watch = setInterval(() => {
    maxRssBytes = Math.max(maxRssBytes ?? 0, costOf(pid)?.rssBytes ?? 0);
  }, MEMORY_PACE_MS);

  const coming = crowd.come(url, seconds);
  let end = 0;
  const visiting = visitDuring(
    url,
    coming.finally(() => {
      end = performance.now();
    }),
  );
  const answers = await coming;
  const recoveredAt = await recovery(url, normalMs);
  clearInterval(watch);
  return {
    crowd: crowd.description,
    answers,
    visits: await visiting,
    normalMs,
    recoveryMs: recoveredAt === undefined ? undefined : recoveredAt - end,
    maxRssBytes,
  };
}

/** When the first began of some visits in a row that were as quick as normal ones. */
async function recovery(url: string, normalMs: number): Promise<number | undefined> {
  const giveUp = performance.now() + RECOVERY_PATIENCE_MS;
  let quick = 0;
  let since = 0;
  while (quick < QUICK_IN_A_ROW && performance.now() < giveUp) {
    const start = performance.now();
    const { status, ms } = await visit(url);
    since = quick === 0 ? start : since;
    quick = status === 202 && ms <= normalMs ? quick + 1 : 0;
  }
  return quick === QUICK_IN_A_ROW ? since : undefined;
}

/** An ordeal as text. */
export function describeOrdeal({ crowd, answers, visits, normalMs, recoveryMs, maxRssBytes }: Ordeal): string {
  const { seconds, accepted, shed, other, broken, toldWhen } = answers;
  const all = accepted + shed + other;
  const share = (part: number, whole: number) => `${short((part / whole) * 100)} %`;
  const met = visits.event;
  const refused = met.filter(({ status }) => status === 503);
  return [
    crowd,
    `  answered              ${short(all / seconds)}/s: 202 ${share(accepted, all)} (${short(accepted / seconds)}/s), 503 ${share(shed, all)}, other ${other}, broken ${broken}`,
    ...(toldWhen === undefined || shed === 0 ? [] : [`  503 with Retry-After  ${share(toldWhen, shed)}`]),
    ...(answers.acceptedP50Ms === undefined
      ? []
      : [`  accepted              p50 ${short(answers.acceptedP50Ms)} ms, p99 ${short(answers.acceptedP99Ms)} ms`]),
    `  a visitor meanwhile   accepted ${describeVisits(met.filter(({ status }) => status === 202))}`,
    `                        503 ${describeVisits(refused)}, ${refused.filter(({ toldWhen }) => toldWhen).length} with Retry-After; ${met.filter(({ status }) => status !== 202 && status !== 503).length} without either`,
    `  /healthz              ${describeVisits(visits.healthz.filter(isOk))}; ${visits.healthz.filter((one) => !isOk(one)).length} not 200`,
    `  /readyz               ${describeVisits(visits.readyz.filter(isOk))}; ${visits.readyz.filter((one) => !isOk(one)).length} not 200`,
    `  normal again          ${describeRecovery(recoveryMs)} (lone visits within ${short(normalMs)} ms, as ${NORMAL_PERCENT} % were before)`,
    `  memory                at most ${mebibytes(maxRssBytes)} MiB`,
  ].join("\n");
}

function describeRecovery(ms: number | undefined): string {
  if (ms === undefined) {
    return `NEVER within ${RECOVERY_PATIENCE_MS} ms`;
  }
  const target = `the target of ${RECOVERY_TARGET_MS} ms is ${ms <= RECOVERY_TARGET_MS ? "met" : "MISSED"}`;
  return `${short(Math.max(0, ms))} ms after the end: ${target}`;
}

function isOk({ status }: Visit): boolean {
  return status === 200;
}

function describeVisits(visits: readonly Visit[]): string {
  const ms = visits.map((one) => one.ms).sort((a, b) => a - b);
  const latencies = [50, 99, 100].map((percent) => short(percentile(ms, percent)));
  return `${visits.length} times, p50 ${latencies[0]} ms, p99 ${latencies[1]} ms, longest ${latencies[2]} ms`;
}
