import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { SERVE, temporaryFolder } from "../measure/contender.ts";
import type { Databases } from "../measure/databases.ts";
import { type Program, startProgram } from "../measure/program.ts";

const STORES = ["embedded", "mongo"] as const;

/** What streakd keeps its data in. */
export type StoreKind = (typeof STORES)[number];

/** Reads the option that says which stores are measured; all without it. */
export function readStores(given: string | undefined): StoreKind[] {
  const stores = given === undefined ? [...STORES] : given.split(",");
  const unknown = stores.find((store) => !STORES.some((known) => known === store));
  if (unknown !== undefined) {
    throw new Error(`--stores takes ${STORES.join(",")}, not "${unknown}"`);
  }
  return stores as StoreKind[];
}

/** A place for the data of one streakd, which goes with everything in it. */
export interface Place extends AsyncDisposable {
  /** The settings that lead streakd to it. */
  readonly env: { readonly DATA_DIR: string } | { readonly MONGODB_URI: string; readonly REDIS_URL: string };
  /** The processes of its databases. */
  readonly databasePids: readonly number[];
  /** How large it is, in bytes: its files, or what the database's server says of it. */
  size(): Promise<number>;
}

/** Makes a place in which there is nothing yet but what a first start makes. */
export async function makePlace(databases: Databases | undefined): Promise<Place> {
  const place = databases === undefined ? await folderPlace() : databasePlace(databases);
  const first = await startStreakd(place);
  await first.stop();
  return place;
}

/** Starts streakd on a place and waits until it is ready; `startMs` then holds how long that took. */
export async function startStreakd({ env }: Place, settings: Readonly<Record<string, string>> = {}): Promise<Program> {
  const start = performance.now();
  const program = await startProgram({ path: "src/main.ts", env: { ...SERVE, ...env, ...settings } });
  while ((await fetch(`${program.url}/readyz`)).status !== 200) {}
  return { ...program, startMs: performance.now() - start };
}

async function folderPlace(): Promise<Place> {
  const folder = await temporaryFolder();
  return {
    env: { DATA_DIR: folder.path },
    databasePids: [],
    async size() {
      const files = await readdir(folder.path);
      const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder.path, file))).size));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function databasePlace(databases: Databases): Place {
  const env = databases.place();
  return {
    env,
    databasePids: databases.pids,
    size: () => databases.sizeOf(env.MONGODB_URI),
    [Symbol.asyncDispose]: () => databases.remove(env),
  };
}
