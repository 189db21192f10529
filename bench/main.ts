import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Answers, learnAnswers, startContender } from "./measure/contender.ts";
import { startDatabases } from "./measure/databases.ts";
import { type Measured, type Sample, takeSample } from "./measure/sample.ts";
import { HELP, type Options, readOptions } from "./options.ts";
import { describeHot } from "./report/hot.ts";
import { describeMachine } from "./report/machine.ts";
import { describeResults } from "./report/results.ts";
import { describeTargets } from "./report/targets.ts";
import { resultsOf, toJson } from "./results.ts";
import { nameOf, type Row, rowsFor } from "./rows.ts";
import { runBench } from "./run.ts";

/** Where results go, by the time of the run. */
const RESULTS = fileURLToPath(new URL("results/", import.meta.url));

/** Measures the contenders side by side: all are up, and those that are compared are measured in turn, round after round. */
async function main(options: Options): Promise<void> {
  const rows = rowsFor(options.only, options.connections);
  const stamp = new Date().toISOString().replaceAll(":", "-").slice(0, 19);
  const profiles = options.profile ? join(RESULTS, `${stamp}-profiles`) : undefined;
  const header = describeMachine();

  await using running = new AsyncDisposableStack();
  const contenders = new Set(rows.map((row) => row.contender));
  const databases = [...contenders].some(({ storage }) => storage === "mongo-redis")
    ? running.use(await startDatabases())
    : undefined;
  header.push(
    `${options.rounds} rounds of ${options.seconds} s after ${options.warmup} s of warm-up, ${options.threads} generator threads${options.profile ? "; PROFILED, so the numbers are worse" : ""}`,
    `SQLite: WAL, synchronous=FULL. ${databases ? `${databases.description}. Writes: majority, journaled; pools of 50.` : ""}`,
  );
  console.log(`${header.join("\n")}\n`);

  const answers = await learnAnswers();
  const measured = new Map<unknown, Measured>();
  for (const contender of contenders) {
    const program = running.use(await startContender(contender, { databases, answers, profiles }));
    const databasePids = contender.storage === "mongo-redis" ? (databases?.pids ?? []) : [];
    measured.set(contender, { program, databasePids });
  }

  const samples = await takeSamples(rows, (row) => measured.get(row.contender) as Measured, answers, options);
  const results = resultsOf(samples);
  console.log(describeResults(results));
  if (!options.quick) {
    console.log(`\n${describeTargets(results)}`);
  }

  mkdirSync(RESULTS, { recursive: true });
  const file = options.json ?? join(RESULTS, `${stamp}.json`);
  writeFileSync(file, `${JSON.stringify({ header, results: results.map(toJson) }, null, 2)}\n`);
  console.log(`\nAs JSON: ${file}`);

  if (profiles !== undefined) {
    await running.disposeAsync(); // a profile is written when its process ends
    for (const { name, program } of contenders) {
      if (program === "src/main.ts") {
        const profile = join(profiles, `${name}.cpuprofile`);
        console.log(`\nHottest functions of ${name}, of ${profile}\n${describeHot(profile)}`);
      }
    }
  }
}

async function takeSamples(rows: readonly Row[], find: (row: Row) => Measured, answers: Answers, options: Options) {
  const { rounds, seconds, warmup, threads } = options;
  const samples = new Map<Row, Sample[]>(rows.map((row) => [row, []]));
  const compared = Map.groupBy(rows, ({ scenario, connections }) => `${scenario} / ${connections}`);
  for (const group of compared.values()) {
    for (let round = 1; round <= rounds; round += 1) {
      for (const row of group) {
        process.stderr.write(
          `round ${round} of ${rounds}, row ${rows.indexOf(row) + 1} of ${rows.length}: ${nameOf(row)}\n`,
        );
        if (warmup > 0) {
          await takeSample(row, find(row), answers, { seconds: warmup, threads });
        }
        samples.get(row)?.push(await takeSample(row, find(row), answers, { seconds, threads }));
      }
    }
  }
  return samples;
}

await runBench(async (args) => {
  const options = readOptions(args);
  if (options === undefined) {
    console.log(HELP);
  } else {
    await main(options);
  }
});
