import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { makePlace, readStores, startStreakd } from "../flat/place.ts";
import { wrk } from "../load/wrk.ts";
import { startDatabases } from "../measure/databases.ts";
import { wholeNumber } from "../options.ts";
import { prepare } from "../prepare.ts";
import { describeMachine } from "../report/machine.ts";
import { short } from "../report/table.ts";
import { runBench } from "../run.ts";
import { capacityOverH2, crowdAtRate, crowdOfClients } from "./crowds.ts";
import { describeOrdeal, type Ordeal, undergo } from "./ordeal.ts";

const HELP = `npm run bench:overload -- [options]

  --stores LIST      embedded,mongo
  --seconds N        how long each crowd stays, in seconds (10)
  --clients N        how many clients come at once (12000, which is more than streakd lets wait by default)
  --max-queued N     streakd's MAX_QUEUED_EVENTS (its default)
  --threads N        threads of wrk and h2load (1)
  --json FILE        where the results go as JSON, too
  --quick            a small crowd for a second: only to see that all runs
`;

/** How many times its capacity a server is offered. */
const TIMES = 10;

/** How many connections use a server's whole capacity, and how many HTTP/2 connections the crowd comes over. */
const CONNECTIONS = 64;
const H2_CONNECTIONS = 100;

async function main(args: string[]): Promise<void> {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args,
    options: {
      ...{ stores: text, seconds: text, clients: text, "max-queued": text, threads: text, json: text },
      ...{ quick: flag, help: flag },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const { quick } = values;
  const stores = readStores(values.stores);
  const seconds = wholeNumber("seconds", values.seconds, quick ? 1 : 10);
  const clients = wholeNumber("clients", values.clients, quick ? 300 : 12_000);
  const threads = wholeNumber("threads", values.threads, 1);
  const maxQueued = values["max-queued"] ?? (quick ? "100" : "");

  await using running = new AsyncDisposableStack();
  const databases = stores.includes("mongo") ? running.use(await startDatabases()) : undefined;
  console.log([...describeMachine(), ...(databases ? [databases.description] : [])].join("\n"));

  const ordeals: Record<string, Ordeal[]> = {};
  for (const store of stores) {
    await using place = await makePlace(store === "mongo" ? databases : undefined);
    await using server = await startStreakd(place, { MAX_QUEUED_EVENTS: maxQueued });
    await prepare(server.url, "rest");
    const measuring = { connections: CONNECTIONS, seconds: Math.min(seconds, 3), threads };
    await wrk(server.url, "unique", { ...measuring, seconds: 1 }, { protocol: "rest" });
    const capacity = await wrk(server.url, "unique", measuring, { protocol: "rest" });
    const capacityH2 = await capacityOverH2(server.url, CONNECTIONS, measuring.seconds);
    console.log(
      `\nstreakd ${store}, MAX_QUEUED_EVENTS ${maxQueued || "by default"}: at ${CONNECTIONS} connections it takes ${short(capacity.requestsPerSecond)} new users a second, p50 ${short(capacity.p50Ms)} ms, p99 ${short(capacity.p99Ms)} ms; over HTTP/2 ${short(capacityH2)} repeats of one user\n`,
    );
    ordeals[store] = [];
    for (const crowd of [
      crowdOfClients(clients, threads),
      crowdAtRate(TIMES * capacityH2, quick ? 10 : H2_CONNECTIONS, threads),
    ]) {
      const ordeal = await undergo(server, crowd, seconds);
      ordeals[store].push(ordeal);
      console.log(`${describeOrdeal(ordeal)}\n`);
    }
  }
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify(ordeals, null, 2)}\n`);
  }
}

await runBench(main);
