import { once } from "node:events";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import fc from "fast-check";
import { checkAll } from "./claims.ts";
import { anyGiven } from "./histories.ts";

// `npm run proof -- --count 1000000 --seed 1 --jobs 2`: checks all claims about streaks by rules on that many histories. A
// seed means the same histories, however many jobs there are.

/** How many histories are checked between two lines of progress. */
const BATCH = 1000;

/** What a job has to check: every batch whose number is `job`, or is that of one of its batches and `jobs` more. */
interface Job {
  readonly job: number;
  readonly jobs: number;
  /** How many histories all jobs are to check. */
  readonly count: number;
  /** The seed of the first batch; each batch has the next one. */
  readonly seed: number;
  /** When to begin no other batch, in epoch milliseconds. */
  readonly end: number;
}

/** What became of a batch. */
interface Checked {
  readonly histories: number;
  readonly seed: number;
  readonly shrunk: number;
  /** What does not hold, for whom; absent if everything holds. */
  readonly failure?: string;
}

if (isMainThread) {
  await runJobs();
} else {
  checkBatches(workerData);
}

/** Runs all jobs to their end, or until something does not hold. */
async function runJobs(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "1000000" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
      minutes: { type: "string" },
      jobs: { type: "string", default: "1" },
    },
  });
  const minutes = values.minutes === undefined ? Number.POSITIVE_INFINITY : wholeNumber("minutes", values.minutes);
  const jobs = wholeNumber("jobs", values.jobs);
  const all = {
    jobs,
    count: wholeNumber("count", values.count),
    seed: wholeNumber("seed", values.seed),
    end: Date.now() + minutes * 60_000,
  };
  let histories = 0;
  let failures = 0;
  const workers = Array.from({ length: jobs }, (_, job) => {
    const workerData: Job = { job, ...all };
    return new Worker(new URL(import.meta.url), { workerData });
  });
  for (const worker of workers) {
    worker.on("message", (checked: Checked) => {
      histories += checked.histories;
      console.log(`${histories} histories, seed ${checked.seed}, shrunk ${checked.shrunk} times`);
      if (checked.failure !== undefined) {
        failures++;
        console.error(checked.failure);
        workers.map((other) => other.terminate());
      }
    });
  }
  await Promise.all(workers.map((worker) => once(worker, "exit")));
  console.log(`${histories} histories, ${failures} failures`);
  // Nothing checked is nothing shown.
  process.exitCode = histories > 0 && failures === 0 ? 0 : 1;
}

/** Checks the batches of a job, and tells the main thread of each. */
function checkBatches({ job, jobs, count, seed, end }: Job): void {
  for (let batch = job; batch * BATCH < count && Date.now() < end; batch += jobs) {
    const numRuns = Math.min(BATCH, count - batch * BATCH);
    const result = fc.check(fc.property(anyGiven, checkAll), { numRuns, seed: seed + batch });
    const { errorInstance } = result;
    const checked: Checked = {
      histories: result.numRuns,
      seed: seed + batch,
      shrunk: result.numShrinks,
      ...(result.failed && { failure: errorInstance instanceof Error ? errorInstance.message : String(errorInstance) }),
    };
    parentPort?.postMessage(checked);
  }
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) {
    console.error(`--${option} must be a whole number, not ${JSON.stringify(text)}`);
    process.exit(2);
  }
  return number;
}
