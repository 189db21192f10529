import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { wrk } from "../load/wrk.ts";
import { type Databases, startDatabases } from "../measure/databases.ts";
import { wholeNumber } from "../options.ts";
import { describeMachine } from "../report/machine.ts";
import { medianOf } from "../results.ts";
import { runBench } from "../run.ts";
import { fill } from "./fill.ts";
import { describeLines, type Line, measureLine } from "./line.ts";
import { makePlace, readStores, type StoreKind, startStreakd } from "./place.ts";

const HELP = `npm run bench:flat -- [options]

  --sizes N,M        how many users to measure with (1000,10000,100000, and 1000000 in the embedded store, which takes
                     them faster)
  --stores LIST      embedded,mongo
  --seconds N        how long to measure each kind of request, in seconds (3)
  --grow-seconds N   how long to grow one server, without a restart, at the most, in seconds (60)
  --json FILE        where the results go as JSON, too
  --quick            few users, a second each: only to see that all runs
`;

/** How many users to measure with, unless said otherwise: so many that all ends within ten minutes. */
const SIZES: Readonly<Record<StoreKind, readonly number[]>> = {
  embedded: [1_000, 10_000, 100_000, 1_000_000],
  mongo: [1_000, 10_000, 100_000],
};

/** How often a server is started for the time that it takes. */
const STARTS = 3;

/** How long to grow a server before looking at how many users it has by then, in seconds. */
const GROWTH_S = 2;

interface Options {
  readonly sizes: Readonly<Record<StoreKind, readonly number[]>>;
  readonly seconds: number;
  readonly growSeconds: number;
}

/** With a store that was filled to each size, and a server just started on it. */
async function* restarted(store: StoreKind, databases: Databases | undefined, options: Options): AsyncGenerator<Line> {
  for (const users of options.sizes[store]) {
    await using place = await makePlace(databases);
    const start = performance.now();
    await fill(place, users);
    process.stderr.write(`${store}: filled with ${users} users in ${Math.round(performance.now() - start)} ms\n`);
    const storedBytes = await place.size();
    const startMs: number[] = [];
    for (let count = 1; count < STARTS; count += 1) {
      const server = await startStreakd(place);
      startMs.push(server.startMs);
      await server.stop();
    }
    await using server = await startStreakd(place);
    const measured = await measureLine(server, users, options.seconds);
    yield { store, users, storedBytes, startMs: medianOf([...startMs, server.startMs]) as number, ...measured };
  }
}

/** With one server that is never restarted, and gets its users by requests for as long as there is time. */
async function* grown(store: StoreKind, databases: Databases | undefined, options: Options): AsyncGenerator<Line> {
  await using place = await makePlace(databases);
  await using server = await startStreakd(place);
  const pressure = { connections: 64, seconds: Math.min(GROWTH_S, options.growSeconds), threads: 1 };
  let users = 0;
  let secondsLeft = options.growSeconds;
  for (const size of options.sizes[store]) {
    while (users < size && secondsLeft > 0) {
      const load = await wrk(server.url, "grow", pressure, { protocol: "rest", rest: [`${users + 1}`] });
      if (load.wrong !== undefined) {
        throw new Error(`growing went wrong: ${load.wrong}`);
      }
      users += load.requests;
      secondsLeft -= pressure.seconds;
    }
    if (users < size) {
      process.stderr.write(
        `${store}: has ${users} users after ${options.growSeconds} s of growing, less than ${size}\n`,
      );
    }
    const { usersAfter, ...measured } = await measureLine(server, users, options.seconds);
    yield { store, users, ...measured };
    users = usersAfter;
    if (secondsLeft <= 0) {
      return;
    }
  }
}

async function main(args: string[]): Promise<void> {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args,
    options: { sizes: text, stores: text, seconds: text, "grow-seconds": text, json: text, quick: flag, help: flag },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const { quick } = values;
  const sizes = (values.sizes ?? (quick ? "500,1000" : undefined))
    ?.split(",")
    .map((size) => wholeNumber("sizes", size, 0));
  const options: Options = {
    sizes: sizes === undefined ? SIZES : { embedded: sizes, mongo: sizes },
    seconds: wholeNumber("seconds", values.seconds, quick ? 1 : 3),
    growSeconds: wholeNumber("grow-seconds", values["grow-seconds"], quick ? 1 : 60),
  };
  const stores = readStores(values.stores);
  await using running = new AsyncDisposableStack();
  const databases = stores.includes("mongo") ? running.use(await startDatabases()) : undefined;
  console.log([...describeMachine(), ...(databases ? [databases.description] : [])].join("\n"));

  const lines: Line[] = [];
  for (const store of stores) {
    const own = store === "mongo" ? databases : undefined;
    for (const source of [restarted(store, own, options), grown(store, own, options)]) {
      for await (const line of source) {
        lines.push(line);
      }
    }
  }
  console.log(`\n${describeLines(lines)}`);
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify(lines, null, 2)}\n`);
  }
}

await runBench(main);
