import { expect, it } from "vitest";
import { StartError } from "#src/errors.ts";
import { createClient, databaseOf } from "#src/store/mongo/connection.ts";
import { openMongoStores } from "#src/store/mongo/open.ts";
import { silentLog } from "../../support/log.ts";

it("uses the database that the URI names, and streakd when it names none", () => {
  expect(databaseOf("mongodb://user:p%2Fw@a:1,b:2/some%20one?replicaSet=x")).toBe("some one");
  expect(databaseOf("mongodb+srv://host/one")).toBe("one");
  expect(databaseOf("mongodb://a:1,b:2/?appName=a/b")).toBe("streakd");
  expect(databaseOf("mongodb://a")).toBe("streakd");
});

it("writes and reads with the store's guarantees, whatever the URI says", async () => {
  const lax =
    "w=1&journal=false&wtimeoutMS=1&readConcernLevel=local&readPreference=secondary&retryWrites=false&retryReads=false";
  const { options } = createClient(`mongodb://host/one?${lax}`);
  expect(options.writeConcern).toMatchObject({ w: "majority", j: true });
  expect(options.readConcern?.level).toBe("majority");
  expect(options.readPreference.mode).toBe("primary");
  expect([options.retryWrites, options.retryReads]).toEqual([true, true]);
});

it("refuses what is no URI of MongoDB", async () => {
  await expect(openMongoStores("mysql://host/", silentLog)).rejects.toThrow(StartError);
});
