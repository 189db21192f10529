import { expect, test } from "vitest";
import { amnestiesOf, createProject, declare, doneOn, preview, takeBack } from "../support/amnesties.ts";
import { openApp } from "../support/app.ts";
import { useMongo } from "../support/mongo.ts";
import { waitUntil } from "../support/wait-until.ts";

const mongo = useMongo();

test("of amnesties that two instances declare at the same time none is lost, and each instance sees all", async () => {
  const MONGODB_URI = mongo.server.uri();
  const app = await openApp({ MONGODB_URI });
  const other = await openApp({ MONGODB_URI });
  await createProject(app, "shop", [{ event: "visit" }]);
  await doneOn(app, "shop", "ann", ["2024-01-08", "2024-01-09"]);
  const days = { from: "2024-01-10", to: "2024-01-11" };
  const currentOn = async (instance: typeof app) =>
    (await instance.state({ siteKey: "shop", userHash: "ann", event: "visit" })).streak.current;
  expect([await currentOn(app), await currentOn(other)]).toEqual([0, 0]);
  const changes = [{ event: "visit", currentBefore: 0, currentAfter: 2, bestBefore: 2, bestAfter: 2 }];
  expect(await preview(other, "shop", days)).toEqual({ users: [{ userHash: "ann", changes }], lookedAt: 1 });

  const ids = Array.from({ length: 8 }, (_, number) => `a${number}`);
  const asked = ids.flatMap((amnestyId) =>
    [app, other].map((instance) => declare(instance, "shop", { ...days, amnestyId })),
  );
  const outcomes = (await Promise.all(asked)).map(({ json }) => json.outcome);
  expect(outcomes.filter((outcome) => outcome === "changed")).toHaveLength(ids.length);
  expect(outcomes.filter((outcome) => outcome === "known")).toHaveLength(ids.length);
  const amnesties = await amnestiesOf(app, "shop");
  expect(amnesties.map(({ amnestyId }) => amnestyId).toSorted()).toEqual(ids);
  expect(await amnestiesOf(other, "shop")).toEqual(amnesties);
  await waitUntil(async () => (await currentOn(app)) === 2 && (await currentOn(other)) === 2);

  await Promise.all(ids.map((id, index) => takeBack(index % 2 === 0 ? app : other, "shop", id)));
  expect((await amnestiesOf(app, "shop")).every(({ takenBack }) => takenBack !== undefined)).toBe(true);
  await waitUntil(async () => (await currentOn(app)) === 0 && (await currentOn(other)) === 0);
});
