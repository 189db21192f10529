import { parseArgs } from "node:util";
import { DAY_MS, type Day } from "#src/domain/day.ts";
import type { StoredEvent } from "#src/store/events.ts";
import { openMongoStores } from "#src/store/mongo/open.ts";
import type { Stores } from "#src/store/stores.ts";
import { startDatabases } from "../measure/databases.ts";
import { wholeNumber } from "../options.ts";
import { describeMachine } from "../report/machine.ts";
import { short, tableOf } from "../report/table.ts";
import { medianOf } from "../results.ts";

const HELP = `npm run bench:actions -- [options]

What it costs on MongoDB to read a user whose actions are counted, beside reading the user without them. The first time
also counts the actions of the past months.

  --sizes N,M   how many actions the users have (100,1000,10000)
  --rounds N    how many times each size is measured (40)
  --quick       few actions and rounds: only to see that all runs
`;

const PROJECT = "bench";
const EVENT = "like";
const ACTIONS_A_DAY = 20;
const TODAY: Day = Math.floor(Date.now() / DAY_MS);

/** How many users are read at once. */
const AT_ONCE = [1, 16];

/** How many events are recorded at a time. */
const BATCH = 1_000;

/** Records users of one size, as many as are read at once. */
async function fill({ events }: Stores, actions: number): Promise<void> {
  for (const userHash of usersOf(actions, Math.max(...AT_ONCE))) {
    for (let start = 0; start < actions; start += BATCH) {
      const length = Math.min(BATCH, actions - start);
      const batch = Array.from({ length }, (_, index): StoredEvent => {
        const day = TODAY - Math.floor((start + index) / ACTIONS_A_DAY);
        const action = `ts:${day * DAY_MS + start + index}`;
        const common = { projectId: PROJECT, userHash, event: EVENT, type: "streak_interaction" as const, day };
        return { ...common, id: action, at: day * DAY_MS, action };
      });
      await events.record(batch, TODAY * DAY_MS);
    }
  }
}

function usersOf(actions: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `user-${actions}-${index}`);
}

/** Returns how long it takes to read users at once, in milliseconds. */
async function timeOf({ streaks }: Stores, users: readonly string[], asked: "total" | undefined): Promise<number> {
  const start = performance.now();
  await Promise.all(users.map((userHash) => streaks.readStreak({ projectId: PROJECT, userHash }, EVENT, asked)));
  return performance.now() - start;
}

async function main(args: string[]): Promise<void> {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({ args, options: { sizes: text, rounds: text, quick: flag, help: flag } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const given = values.sizes ?? (values.quick ? "100" : "100,1000,10000");
  const sizes = given.split(",").map((size) => wholeNumber("sizes", size, 0));
  const rounds = wholeNumber("rounds", values.rounds, values.quick ? 2 : 40);
  await using databases = await startDatabases();
  const store = await openMongoStores(databases.place().MONGODB_URI, { info: () => undefined, warn: console.error });
  process.stdout.write(`${[...describeMachine(), databases.description].join("\n")}\n\n`);

  const lines: string[][] = [];
  for (const size of sizes) {
    await fill(store, size);
    for (const count of AT_ONCE) {
      const users = usersOf(size, count);
      const first = await timeOf(store, users, "total");
      const pairs: (readonly [number, number])[] = [];
      for (let round = 0; round < rounds; round++) {
        // Each round measures both, one after the other, so that they share noise.
        pairs.push([await timeOf(store, users, undefined), await timeOf(store, users, "total")]);
      }
      const without = medianOf(pairs.map(([one]) => one));
      const counted = medianOf(pairs.map(([, other]) => other));
      const ratio = medianOf(pairs.map(([one, other]) => other / one));
      lines.push([`${size}`, `${count}`, short(without), short(counted), short(ratio), short(first)]);
    }
  }
  await store.close();
  const head = ["actions", "users at once", "days alone, ms", "with actions, ms", "ratio", "the first time, ms"];
  process.stdout.write(`${tableOf(head, lines, 0)}\n`);
}

await main(process.argv.slice(2));
