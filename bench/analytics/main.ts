import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { makePlace, readStores, type StoreKind, startStreakd } from "../flat/place.ts";
import { ADMIN_TOKEN } from "../load/load.ts";
import { type Databases, startDatabases } from "../measure/databases.ts";
import { wholeNumber } from "../options.ts";
import { describeMachine } from "../report/machine.ts";
import { tableOf } from "../report/table.ts";
import { runBench } from "../run.ts";
import { fill } from "./fill.ts";
import { EVENTS, EVENTS_PER_USER } from "./histories.ts";
import { measureMethods, type Times, waitUntilCounted, whileRecording } from "./measure.ts";

const HELP = `npm run bench:analytics -- [options]

  --events N     how many events the project has, about (10000000)
  --stores LIST  embedded,mongo
  --calls N      how often each method is called (100)
  --json FILE    where the results go as JSON, too
  --quick        few events and calls: only to see that all runs
`;

const SITE_KEY = "analytics";

/** The project answers any chart of a year in less, 95 times of 100; in milliseconds. */
const MAX_P95_MS = 200;

/** What was measured of a store. */
interface Measured {
  readonly store: StoreKind;
  readonly events: number;
  readonly fillMs: number;
  readonly countMs: number;
  readonly idle: readonly Times[];
  readonly recording: readonly Times[];
  readonly recordedPerSecond: number;
}

async function measureStore(
  store: StoreKind,
  databases: Databases | undefined,
  users: number,
  calls: number,
): Promise<Measured> {
  await using place = await makePlace(databases);
  {
    await using server = await startStreakd(place);
    await createProject(server.url);
    await server.stop();
  }
  const start = performance.now();
  const events = await fill(place, SITE_KEY, users);
  const fillMs = performance.now() - start;
  process.stderr.write(`${store}: filled with ${events} events in ${Math.round(fillMs)} ms\n`);
  await using server = await startStreakd(place);
  const countMs = await waitUntilCounted(server.url, SITE_KEY);
  process.stderr.write(`${store}: counted in ${countMs} ms\n`);
  const measure = () => measureMethods(server.url, SITE_KEY, calls);
  const idle = await measure();
  const { result: recording, perSecond } = await whileRecording(server.url, SITE_KEY, users, measure);
  return { store, events, fillMs, countMs, idle, recording, recordedPerSecond: perSecond };
}

async function createProject(url: string): Promise<void> {
  const widgets = EVENTS.map((event) => ({ event, milestones: [{ target: 3 }, { target: 7 }, { target: 30 }] }));
  const project = { siteKey: SITE_KEY, widgets, analytics: { metaKeys: ["plan"] } };
  const headers = { "X-Admin-Token": ADMIN_TOKEN, "Content-Type": "application/json" };
  const answer = await fetch(`${url}/admin/projects`, { method: "POST", headers, body: JSON.stringify(project) });
  if (answer.status !== 201) {
    throw new Error(`the project is not created: ${await answer.text()}`);
  }
}

function describe(measured: readonly Measured[]): string {
  const ms = (time: number) => time.toFixed(1);
  const lines = measured.flatMap(({ store, idle, recording }) =>
    idle.map(({ method, p50, p95 }, index) => {
      const { p50: busy50, p95: busy95 } = recording[index] as Times;
      return [store, method, ms(p50), ms(p95), ms(busy50), ms(busy95)];
    }),
  );
  const head = ["store", "method", "p50 ms", "p95 ms", "p50 ms, recording", "p95 ms, recording"];
  const facts = measured.map(
    ({ store, events, countMs, recordedPerSecond }) =>
      `${store}: ${events.toLocaleString("en")} events, counted in ${Math.round(countMs / 1000)} s; ` +
      `${Math.round(recordedPerSecond)} events/s were recorded meanwhile`,
  );
  const slow = measured
    .flatMap(({ store, idle, recording }) => [...idle, ...recording].map((times) => ({ store, ...times })))
    .filter(({ p95 }) => p95 >= MAX_P95_MS)
    .map(({ store, method }) => `${store} ${method}`);
  const verdict = slow.length === 0 ? "yes" : `no: ${[...new Set(slow)].join(", ")}`;
  return [tableOf(head, lines, 2), "", ...facts, `p95 < ${MAX_P95_MS} ms: ${verdict}`].join("\n");
}

async function main(args: string[]): Promise<void> {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args,
    options: { events: text, stores: text, calls: text, json: text, quick: flag, help: flag },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const events = wholeNumber("events", values.events, values.quick ? 2_000 : 10_000_000);
  const calls = wholeNumber("calls", values.calls, values.quick ? 2 : 100);
  const stores = readStores(values.stores);
  await using running = new AsyncDisposableStack();
  const databases = stores.includes("mongo") ? running.use(await startDatabases()) : undefined;
  console.log([...describeMachine(), ...(databases ? [databases.description] : [])].join("\n"));
  const measured: Measured[] = [];
  for (const store of stores) {
    const users = Math.ceil(events / EVENTS_PER_USER);
    measured.push(await measureStore(store, store === "mongo" ? databases : undefined, users, calls));
  }
  console.log(`\n${describe(measured)}`);
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify(measured, null, 2)}\n`);
  }
}

await runBench(main);
