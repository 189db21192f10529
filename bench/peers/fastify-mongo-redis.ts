/**
 * The ordinary service on MongoDB and Redis: a call a step, each awaited, as a careful engineer writes it who has no reason
 * to do otherwise. Durability and pools are streakd's: majority and journaled, 50 connections.
 *
 * `TRANSACTION=no` writes the event and the streak one after the other. A crash in between then leaves an event without
 * its day; it is what is often done, and faster.
 */
import { Redis } from "ioredis";
import { type ClientSession, MongoClient, MongoServerError } from "mongodb";
import { type PeerEvent, serve } from "./routes.ts";
import { advance, DEMO_PROJECT, dateOf, type PeerProject, type Streak, stateOf } from "./streak.ts";

const DUPLICATE_KEY = 11_000;

/** How long the first event of a day is remembered, and how long a state, in seconds. */
const SEEN_S = 48 * 60 * 60;
const STATE_S = 60;

const { MONGODB_URI = "", REDIS_URL = "", TRANSACTION } = process.env;
const client = new MongoClient(MONGODB_URI, {
  writeConcern: { w: "majority", journal: true },
  readConcern: { level: "majority" },
  maxPoolSize: 50,
});
const database = client.db();
const projects = database.collection<PeerProject & { _id: string }>("projects");
const streaks = database.collection<Streak & { _id: string }>("streaks");
const events = database.collection<PeerEvent & { _id: string; day: string; at: Date }>("events");
const redis = new Redis(REDIS_URL);

await projects.replaceOne({ _id: "proj_demo" }, DEMO_PROJECT, { upsert: true });
await Promise.all(["streaks", "events"].map((name) => database.createCollection(name).catch(() => undefined)));

async function findProject({ siteKey, event }: PeerEvent): Promise<PeerProject | undefined> {
  const project = await projects.findOne({ _id: siteKey });
  return project?.widgets.some((widget) => widget.event === event) ? project : undefined;
}

async function store(event: PeerEvent, day: string, at: number, session?: ClientSession): Promise<void> {
  const options = session === undefined ? {} : { session };
  const _id = idOf(event);
  await events.insertOne({ ...event, _id: `${_id}|${day}`, day, at: new Date(at) }, options);
  const streak = await streaks.findOne({ _id }, options);
  const { current, best, days } = advance(streak ?? undefined, day);
  await streaks.updateOne({ _id }, { $set: { current, best, days } }, { ...options, upsert: true });
}

await serve({
  async record(event) {
    const project = await findProject(event);
    if (project === undefined) {
      return false;
    }
    const now = Date.now();
    const day = dateOf(now, event.tz ?? project.timeZone);
    const seen = `seen:${idOf(event)}|${day}`;
    if ((await redis.set(seen, 1, "EX", SEEN_S, "NX")) === null) {
      return true;
    }
    try {
      await (TRANSACTION === "no"
        ? store(event, day, now)
        : client.withSession((session) => session.withTransaction(() => store(event, day, now, session))));
    } catch (error) {
      if (!(error instanceof MongoServerError && error.code === DUPLICATE_KEY)) {
        await redis.del(seen); // it may be sent again
        throw error;
      }
    }
    await redis.del(`state:${idOf(event)}`);
    return true;
  },

  async state(of) {
    const key = `state:${idOf(of)}`;
    const cached = await redis.get(key);
    if (cached !== null) {
      return cached;
    }
    const project = await findProject(of);
    if (project === undefined) {
      return undefined;
    }
    const streak = await streaks.findOne({ _id: idOf(of) });
    const today = dateOf(Date.now(), of.tz ?? project.timeZone);
    const state = JSON.stringify(stateOf(streak ?? undefined, project, of.event, today));
    await redis.set(key, state, "EX", STATE_S);
    return state;
  },
});

function idOf({ siteKey, userHash, event }: PeerEvent): string {
  return `${siteKey}|${userHash}|${event}`;
}
