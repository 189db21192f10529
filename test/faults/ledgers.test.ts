import { expect, test } from "vitest";
import { openApp } from "../support/app.ts";
import { changed, changeLedgers, doneOn, ledgerOf, outcomesOf } from "../support/ledgers.ts";
import { useMongo } from "../support/mongo.ts";
import { outcomeOf } from "../support/tokens.ts";

const mongo = useMongo();

test("two instances that get the same request at the same time add each entry once", async () => {
  const MONGODB_URI = mongo.server.uri();
  const app = await openApp({ MONGODB_URI });
  const other = await openApp({ MONGODB_URI });
  await app.admin("POST", "/admin/projects", { siteKey: "shop", widgets: [{ event: "visit" }] });
  await doneOn(app, "ann", ["2024-01-02", "2024-01-03"]);
  await app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "visitor", userHash: "ann" });
  const userHashes = ["visitor", "ann", ...Array.from({ length: 100 }, (_, index) => `user ${index}`)];
  const pause = { userHashes, entryId: "p", from: "2024-01-04" };

  const asked = [app, other, app].map((instance) => changed(instance, "pause", pause));
  const all = (await Promise.all(asked)).map(outcomesOf);

  for (const index of userHashes.keys()) {
    const added = all.filter((outcomes) => outcomes[index] === "added");
    expect(added).toHaveLength(userHashes[index] === "ann" ? 0 : 1);
  }
  expect(new Set(all.flat())).toEqual(new Set(["added", "known"]));
  for (const user of ["visitor", "ann", "user 99"]) {
    expect(await ledgerOf(other, user)).toMatchObject([{ entryId: "p", kind: "pause" }]);
  }
  const state = { siteKey: "shop", userHash: "visitor", event: "visit" };
  expect((await other.state(state)).streak).toMatchObject({ current: 2, pause: { from: "2024-01-04" } });
  await changed(other, "unpause", { userHashes: ["ann"], entryId: "u", from: "2024-01-08" });
  expect((await app.state(state)).streak).toMatchObject({ current: 0 });
});

test("two instances that repair a streak at the same time repair it once, and a freeze pays once", async () => {
  const MONGODB_URI = mongo.server.uri();
  const app = await openApp({ MONGODB_URI });
  const other = await openApp({ MONGODB_URI });
  const rules = { freezes: {}, repairs: { withinDays: 3, price: "freeze" } };
  await app.admin("POST", "/admin/projects", { siteKey: "shop", widgets: [{ event: "visit", rules }] });
  const users = Array.from({ length: 5 }, (_, index) => `racer ${index}`);
  const event = "visit";
  await changed(app, "grantFreezes", { userHashes: users, entryId: "g", event, count: 2, from: "2024-01-11" });
  for (const user of users) {
    await doneOn(app, user, ["2024-01-08", "2024-01-09"]);
    const asked = [app, other, app, other].map((instance, index) =>
      changeLedgers(instance, "repair", { userHashes: [user], entryId: `r${index}`, event }),
    );
    const outcomes = (await Promise.all(asked)).map(outcomeOf).toSorted();
    expect(outcomes).toEqual(["200", ...Array(3).fill("409 NOT_REPAIRABLE")]);
    expect(await ledgerOf(other, user)).toHaveLength(2);
    const { streak } = await other.state({ siteKey: "shop", userHash: user, event });
    expect(streak).toMatchObject({ current: 2, freezes: { left: 1 } });
  }
});
