import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { wholeNumber } from "../options.ts";
import { describeMachine } from "../report/machine.ts";
import { mebibytes, short } from "../report/table.ts";
import { runBench } from "../run.ts";
import { floods, NO_FLOOD } from "./floods.ts";
import { runTrial, type Trial, type TrialOptions } from "./trial.ts";
import { describeTrials, problemsOf, warningOf } from "./verdict.ts";

const HELP = `npm run bench:hostile -- [options]

  --only PATTERN     only floods whose name matches, such as "HTTP/2.*reset"
  --seconds N        how long each flood lasts, in seconds (8)
  --json FILE        where the results go as JSON, too
  --list             only the names of the floods
  --quick            few connections, for less than a second: only to see that all runs; the bounds don't count

Each flood has a server of its own (embedded store), an attacker in a process of its own, and beside it a client that
asks GET /healthz each 20 ms and records an event now and then. Ends with code 1 when a flood makes the client wait for
more than 250 ms or fail, takes more than 512 MiB, or has not let go of everything ten seconds after its end.
`;

/** How long a server is attacked, and how long it then has to come back to rest. */
const THOROUGH: TrialOptions = {
  calmSeconds: 1.5,
  seconds: 8,
  restSeconds: 10,
  maxConnections: Number.POSITIVE_INFINITY,
};

/** The same for a test that only checks that everything runs. */
const QUICK: TrialOptions = { calmSeconds: 0.2, seconds: 0.5, restSeconds: 0, maxConnections: 20 };

async function main(args: string[]): Promise<void> {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args,
    options: { only: text, seconds: text, json: text, list: flag, quick: flag, help: flag },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const chosen = floods.filter(({ name }) => new RegExp(values.only ?? "").test(name));
  if (values.list) {
    console.log(chosen.map(({ name }) => name).join("\n"));
    return;
  }
  const kind = values.quick ? QUICK : THOROUGH;
  const options = { ...kind, seconds: wholeNumber("seconds", values.seconds, kind.seconds) };
  console.log(describeMachine().join("\n"));

  const trials: Trial[] = [];
  for (const flood of [NO_FLOOD, ...chosen]) {
    const trial = await runTrial(flood, options);
    trials.push(trial);
    const verdict = problemsOf(trial).join(", ") || "within the bounds";
    process.stderr.write(
      `${flood.name}: ${short(trial.stallMs)} ms, ${mebibytes(trial.maxRssBytes)} MiB: ${verdict}\n`,
    );
    if (values.json !== undefined) {
      writeFileSync(values.json, `${JSON.stringify(trials, null, 2)}\n`);
    }
  }
  console.log(`\n${describeTrials(trials)}`);
  const warning = warningOf(trials[0] as Trial);
  if (warning !== undefined) {
    console.log(`\n${warning}`);
  }
  if (!values.quick && trials.some((trial) => problemsOf(trial).length > 0)) {
    process.exitCode = 1;
  }
}

await runBench(main, []);
