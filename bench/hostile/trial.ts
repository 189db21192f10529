import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { SERVE, temporaryFolder } from "../measure/contender.ts";
import { type Program, startProgram } from "../measure/program.ts";
import type { Flood, Outcome } from "./flood.ts";
import { liveHeapBytes } from "./inspector.ts";
import type { Visit } from "./visitor.ts";

/** How long a server may take to report what it holds, in milliseconds, before it counts as dead. */
const PATIENCE_MS = 20_000;

/** How long a trial takes. */
export interface TrialOptions {
  /** How long the attacker attacks, and how long the server then has to come back to rest, in seconds. */
  readonly seconds: number;
  readonly restSeconds: number;
  /** How long the server is visited before the attack, and again after the rest, in seconds. */
  readonly calmSeconds: number;
  /** The most connections that an attacker has. */
  readonly maxConnections: number;
}

/** What a process holds; a value is undefined where the system does not tell it. */
export interface Holdings {
  readonly rssBytes: number | undefined;
  readonly openFiles: number | undefined;
  /** What is in use of the heap, and what the process holds in all, after the garbage was collected. */
  readonly liveHeapBytes: number;
  readonly collectedRssBytes: number | undefined;
}

/** What a flood did to a server and its other client. */
export interface Trial {
  readonly flood: string;
  /** The longest `GET /healthz` that began during the flood, and the longest event with its state, in milliseconds. */
  readonly stallMs: number;
  readonly eventMs: number;
  /** How many of these visits there were, and how many did not get the right answer. */
  readonly visits: number;
  readonly failures: number;
  /** The most memory that the server held, in bytes. */
  readonly maxRssBytes: number | undefined;
  /** How many lines the server logged. */
  readonly logLines: number;
  readonly attacker: Outcome;
  readonly before: Holdings;
  /**
   * The same after the rest, and the longest `GET /healthz` then; undefined when the server does not answer any more.
   */
  readonly atRest: (Holdings & { readonly stallMs: number }) | undefined;
}

/** Sends a flood to a server of its own, beside a well-behaved client. */
export async function runTrial(flood: Flood, options: TrialOptions): Promise<Trial> {
  await using folder = await temporaryFolder();
  await using server = await startProgram({
    path: "src/main.ts",
    env: { ...SERVE, DATA_DIR: folder.path },
    hasInspector: true,
  });
  const port = new URL(server.url).port;
  const visits: Visit[] = [];
  using visitor = start("visitor.ts", port);
  visitor.process.on("message", (visit: Visit) => visits.push(visit));
  // Else a short flood could be over before the visitor has begun, on a busy machine.
  await Promise.race([once(visitor.process, "message"), visitor.failure]);
  await pause(options.calmSeconds * 1_000);
  const before = await holdingsOf(server);
  const linesBefore = server.lineCount();

  const { began, ended, outcome } = await attack(flood, port, options);
  const logLines = server.lineCount() - linesBefore;

  await pause(options.restSeconds * 1_000);
  const restBegan = Date.now();
  await pause(options.calmSeconds * 1_000);
  const during = visits.filter(({ start }) => start >= began && start < ended);
  const resting = visits.filter(({ start }) => start >= restBegan);
  const maxRssBytes = statusOf(server.pid, "VmHWM");
  const atRest = await holdingsOf(server).catch(() => undefined);
  // A server that is still busy would take long to shut down.
  server.kill();
  return {
    flood: flood.name,
    stallMs: longest(during, "healthz"),
    eventMs: longest(during, "event"),
    visits: during.length,
    failures: during.filter(({ isServed }) => !isServed).length,
    maxRssBytes,
    logLines,
    attacker: outcome,
    before,
    atRest: atRest && { ...atRest, stallMs: longest(resting, "healthz") },
  };
}

async function attack(flood: Flood, port: string, { seconds, maxConnections }: TrialOptions) {
  using attacker = start("attack.ts", flood.name, port, `${maxConnections}`);
  const reply = () => Promise.race([once(attacker.process, "message"), attacker.failure]);
  await reply();
  const began = Date.now();
  await Promise.race([pause(seconds * 1_000), attacker.failure]);
  attacker.process.send("tell");
  const [outcome]: Outcome[] = await reply();
  return { began, ended: Date.now(), outcome: outcome as Outcome };
}

/** A program of this folder that was started, and is killed in the end. */
interface Started extends Disposable {
  readonly process: ChildProcess;
  /** Rejects when the program ends by itself. */
  readonly failure: Promise<never>;
}

function start(file: string, ...args: string[]): Started {
  const process = fork(fileURLToPath(new URL(file, import.meta.url)), args);
  const failure = once(process, "exit").then(() => {
    throw new Error(`${[file, ...args].join(" ")} has ended`);
  });
  failure.catch(() => {}); // not an unhandled rejection when it is killed in the end
  return { process, failure, [Symbol.dispose]: () => process.kill("SIGKILL") };
}

async function holdingsOf({ pid, inspectorUrl }: Program): Promise<Holdings> {
  const rssBytes = statusOf(pid, "VmRSS");
  const files = `/proc/${pid}/fd`;
  const openFiles = existsSync(files) ? readdirSync(files).length : undefined;
  const live = await Promise.race([liveHeapBytes(inspectorUrl ?? ""), pause(PATIENCE_MS, undefined, { ref: false })]);
  if (live === undefined) {
    throw new Error("the server does not answer");
  }
  return { rssBytes, openFiles, liveHeapBytes: live, collectedRssBytes: statusOf(pid, "VmRSS") };
}

/** A size that the system tells of a process, in bytes. */
function statusOf(pid: number, name: "VmRSS" | "VmHWM"): number | undefined {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) {
    return undefined;
  }
  const kibibytes = new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(readFileSync(file, "latin1"))?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1_024;
}

function longest(visits: readonly Visit[], kind: Visit["kind"]): number {
  return visits.reduce((most, visit) => (visit.kind === kind ? Math.max(most, visit.ms) : most), 0);
}
