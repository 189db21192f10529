import { expect, it } from "vitest";
import { useMongo } from "../../support/mongo.ts";
import { DAY } from "../conformance/fixture.ts";
import { connect, openStore } from "./support.ts";

const mongo = useMongo();

it("more events than the database counts at a time are counted, whatever characters their ids have", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  const { events } = connect(uri);
  const names = ["a", "z", "é", "\uffee", "🦊"];
  await events.insertMany(
    Array.from({ length: 12_000 }, (_, index) => {
      const u = `${names[index % names.length]} ${index}`;
      const type = index % 3 === 0 ? "widget_impression" : "widget_interaction";
      return { _id: `p1|${u}|${index}`, p: "p1", u, event: "like", type, day: DAY + (index % 40), at: new Date() };
    }),
  );
  const [january, february] = await store.usage.countUsage("p1", ["2024-01", "2024-02"]);
  expect((january?.impressions ?? 0) + (february?.impressions ?? 0)).toBe(4_000);
  expect((january?.interactions ?? 0) + (february?.interactions ?? 0)).toBe(8_000);
  // Days 15 to 31 of January are 17 of the 40.
  expect((january?.impressions ?? 0) + (january?.interactions ?? 0)).toBe((12_000 * 17) / 40);
});
