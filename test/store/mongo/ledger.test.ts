import { expect, it } from "vitest";
import { ledgerField } from "#src/store/mongo/documents.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import { checkIn, DAY, MANY_CALLS_MS, months, NOW } from "../conformance/fixture.ts";
import { entry } from "../conformance/ledger/support.ts";
import { expectFull, NEARLY_FULL } from "../full-ledger.ts";
import { CUTS, collectionsOf, cutAtEveryCommand, openStore } from "./support.ts";

const mongo = useOwnMongo();

it("a full ledger takes no more entries, but all that a link brings, whichever instances add", async () => {
  const uri = mongo.server.uri();
  const stores = [await openStore(uri), await openStore(uri)];
  const ledger = NEARLY_FULL.map((id) => ledgerField(entry({ id })));
  await collectionsOf(mongo.server, uri).streaks.insertOne({ _id: "p1|ann", p: "p1", u: "ann", ledger });
  await expectFull(stores);
});

it.each(CUTS)(
  "adding that is cut off at any command, $when, can be done again by anybody, and adds the entry once",
  async ({ how }) => {
    const uri = mongo.server.uri();
    const cut = await openStore(uri, { appName: "cut" });
    const other = await openStore(uri);
    const inRound = (round: number) => ({ projectId: `p${round}`, userHash: "anon" });

    async function begin(round: number): Promise<void> {
      await other.events.record([checkIn({ projectId: `p${round}` })], NOW);
      await other.streaks.linkUser(`p${round}`, "anon", "ann");
      await cut.ledger.addLedgerEntry(inRound(round), entry({ id: "a", reason: "cut" }));
    }

    async function check(round: number): Promise<void> {
      const again = await other.ledger.addLedgerEntry(inRound(round), entry({ id: "a", reason: "again" }));
      const reason = again === "added" ? "again" : "cut";
      expect(await other.streaks.readStreak(inRound(round), "like")).toEqual({
        days: months(DAY),
        ledger: [entry({ id: "a", reason })],
      });
    }

    expect(await cutAtEveryCommand(mongo.server, how, begin, check)).toBeGreaterThan(2);
  },
  MANY_CALLS_MS,
);
