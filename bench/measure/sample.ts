import { grpcRecord, grpcState } from "../load/grpc.ts";
import { h2load } from "../load/h2load.ts";
import { knownUser, type Load, type Pressure, SCENARIOS } from "../load/load.ts";
import { wrk } from "../load/wrk.ts";
import type { Row } from "../rows.ts";
import type { Answers } from "./contender.ts";
import { costOf } from "./cost.ts";
import type { Program } from "./program.ts";

/** What one run on one row measured. */
export interface Sample extends Load {
  /** The server's time on the CPU for each request, in microseconds; undefined where the system does not tell. */
  readonly cpuMicros: number | undefined;
  /** The same of the databases, all of them together; they may be busy with what earlier requests left them. */
  readonly databaseCpuMicros: number | undefined;
  /** The server's memory afterwards, in bytes. */
  readonly rssBytes: number | undefined;
}

/** What is measured: a server, and the databases that it uses. */
export interface Measured {
  readonly program: Program;
  readonly databasePids: readonly number[];
}

/** Loads a server as a row says, and sees what that costs. */
export async function takeSample(
  row: Row,
  { program, databasePids }: Measured,
  answers: Answers,
  pressure: Omit<Pressure, "connections">,
): Promise<Sample> {
  const cpu = (pids: readonly number[]) => pids.reduce((sum, pid) => sum + (costOf(pid)?.cpuSeconds ?? Number.NaN), 0);
  const before = [cpu([program.pid]), cpu(databasePids)] as const;
  const load = await put(row, program.url, answers, { ...pressure, connections: row.connections });
  const perRequest = (seconds: number) => (Number.isNaN(seconds) ? undefined : (seconds * 1e6) / load.requests);
  return {
    ...load,
    cpuMicros: perRequest(cpu([program.pid]) - before[0]),
    databaseCpuMicros: databasePids.length === 0 ? undefined : perRequest(cpu(databasePids) - before[1]),
    rssBytes: costOf(program.pid)?.rssBytes,
  };
}

function put({ contender, scenario }: Row, url: string, answers: Answers, pressure: Pressure): Promise<Load> {
  const { protocol } = contender;
  if (protocol !== "grpc") {
    const { script, ...options } = SCENARIOS[scenario];
    return wrk(url, script, pressure, { protocol, ...options });
  }
  const request =
    scenario === "state"
      ? { ...grpcState(), answerBytes: answers.grpcState.length }
      : { ...grpcRecord(knownUser(0)), answerBytes: answers.grpcRecord.length };
  return h2load(url, request, pressure);
}
