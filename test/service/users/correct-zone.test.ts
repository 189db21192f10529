import { describe, expect, test } from "vitest";
import { AuditOutcome } from "#gen/streak/v1/audit_pb.ts";
import type { Stores } from "#src/store/stores.ts";
import { MAX_DATED, type Redating, type ZoneStore } from "#src/store/zones.ts";
import { DAY, months, NOW, project } from "../../store/conformance/fixture.ts";
import { atHour, inZone, TOKYO, UTC } from "../../store/conformance/zones/support.ts";
import { type OpenAudit, openAudit, ROOT } from "../audit/support.ts";

const REQUEST = { siteKey: "site_1", userHash: "ann", wrongZone: UTC, rightZone: TOKYO, reason: "Wrong" };

/** Opens the methods over a store of which methods of one port are changed, with an event of `ann` in UTC. */
async function open(changed: (stores: Stores) => Partial<ZoneStore>): Promise<OpenAudit> {
  const opened = await openAudit((stores) => ({ ...stores, zones: { ...stores.zones, ...changed(stores) } }));
  await opened.stores.projects.createProject(project());
  await opened.stores.events.record([atHour(22)], NOW);
  return opened;
}

const readOf = ({ stores }: OpenAudit, userHash: string) =>
  stores.streaks.readStreak({ projectId: "p1", userHash }, "like");

async function auditOf(opened: OpenAudit) {
  const { entries } = await opened.call(ROOT, "listAuditEntries", {});
  return entries.map(({ outcome, resource }) => [outcome, resource]);
}

describe("a user who becomes an alias", () => {
  test.each([
    ["before the events are read", "readDated"],
    ["when they have been read", "redate"],
  ] as const)("%s is corrected as the user that the name leads to", async (_, method) => {
    let links = 0;
    const opened = await open(({ zones, streaks }) => ({
      async [method](...args: [never, never]) {
        if (links++ === 0) {
          await streaks.linkUser("p1", "ann", "bob");
        }
        return zones[method](...args);
      },
    }));
    const { streaks } = await opened.call(ROOT, "correctZone", REQUEST);
    expect(streaks).toMatchObject([{ event: "like", correctedEvents: 1 }]);
    expect(await readOf(opened, "bob")).toMatchObject({ days: {}, others: [inZone(TOKYO, months(DAY + 1))] });
    expect(await auditOf(opened)).toEqual([[AuditOutcome.DONE, "projects/site_1/users/bob"]]);
  });
});

test("an event that comes meanwhile keeps its day, and a correction of it is another one", async () => {
  const opened = await open(({ zones, events }) => ({
    async redate(...args) {
      await events.record([atHour(22, DAY + 3)], NOW);
      return zones.redate(...args);
    },
  }));
  await opened.call(ROOT, "correctZone", REQUEST);
  expect(await readOf(opened, "ann")).toMatchObject({ days: months(DAY + 3) });
  const again = await opened.call(ROOT, "correctZone", REQUEST);
  expect(again.streaks).toMatchObject([{ correctedEvents: 1 }]);
});

test("more than 20,000 events are refused, and how to correct them part by part is said", async () => {
  const event = { event: "like", keptAs: "first", day: DAY, at: NOW } as const;
  const tooMany = { userHash: "ann", events: Array.from({ length: MAX_DATED + 1 }, () => event) };
  const opened = await open(() => ({ readDated: async () => tooMany }));
  const text =
    "must leave fewer days: more than 20000 events were dated in UTC. Correct them part by part, with from and to.";
  await expect(opened.call(ROOT, "correctZone", REQUEST)).rejects.toMatchObject({
    ...{ code: "INVALID_BODY", field: "from", message: `from ${text}` },
  });
  const since = opened.call(ROOT, "correctZone", { ...REQUEST, from: "2024-01-01" });
  await expect(since).rejects.toMatchObject({ field: "to", message: `to ${text}` });
  expect(await auditOf(opened)).toEqual([]);
});

test("a correction that was cut short is completed when it is made again, without another entry", async () => {
  const plans: Redating[] = [];
  let isCutShort = true;
  const opened = await open(({ zones }) => ({
    async readDated(...args) {
      const dated = await zones.readDated(...args);
      return dated && { ...dated, ...(isCutShort && plans.length > 0 && { isUnfinished: true }) };
    },
    async redate(user, plan) {
      plans.push(plan);
      return zones.redate(user, plan);
    },
  }));
  await opened.call(ROOT, "correctZone", REQUEST);
  await opened.call(ROOT, "correctZone", { ...REQUEST, validateOnly: true });
  expect(plans).toHaveLength(1);
  await opened.call(ROOT, "correctZone", REQUEST);
  expect(plans[1]).toEqual({ wrongZone: UTC, rightZone: TOKYO, events: [], isZoneCorrected: false });
  isCutShort = false;
  await opened.call(ROOT, "correctZone", REQUEST);
  expect(plans).toHaveLength(2);
  expect(await auditOf(opened)).toHaveLength(1);
});

test("a zone that nothing was dated in leaves the user as it was, whether or not the user was corrected before", async () => {
  let redated = 0;
  const opened = await open(({ zones }) => ({
    redate(...args) {
      redated += 1;
      return zones.redate(...args);
    },
  }));
  const fromRome = { ...REQUEST, wrongZone: "Europe/Rome" };
  expect(await opened.call(ROOT, "correctZone", fromRome)).toMatchObject({ streaks: [], timeZone: UTC });
  expect([redated, await auditOf(opened)]).toEqual([0, []]);
  await opened.call(ROOT, "correctZone", REQUEST);
  expect(await opened.call(ROOT, "correctZone", fromRome)).toMatchObject({ streaks: [], timeZone: TOKYO });
  expect(redated).toBe(1);
});
