import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Connection } from "#src/store/mongo/connection.ts";
import { startHousekeeping } from "#src/store/mongo/housekeeping.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { createKeptLog } from "../../support/log.ts";

it("reports a chore that fails and does the others, but says nothing while the database is away", async () => {
  const log = createKeptLog();
  const connection = { isOpen: true };
  const done: string[] = [];
  const bug = new Error("a bug");
  const chore = (name: string, error?: Error) => ({
    name,
    async run() {
      done.push(name);
      if (error !== undefined) {
        throw error;
      }
    },
  });
  startHousekeeping(
    connection as Connection,
    [chore("buggy", bug), chore("away", new StoreUnavailableError({ cause: bug })), chore("last")],
    log,
  );
  while (!done.includes("last")) {
    await nextTurn();
  }
  connection.isOpen = false;
  expect(done).toEqual(["buggy", "away", "last"]);
  expect(log.lines).toMatchObject([{ level: "warn", details: { err: bug, chore: "buggy" } }]);
});
