import type { JsonObject } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import openapi from "#gen/openapi.json" with { type: "json" };
import { KEPT_MS, MAX_IN_ALL } from "#src/service/audit/audit-log.ts";
import { keptStates, MAX_STATE_BYTES } from "#src/service/audit/kept-states.ts";
import { changesOf, MAX_LARGE, MAX_OF_SERIES, MAX_SMALL_BYTES } from "#src/service/audit/series.ts";
import { projectJson } from "#src/service/projects/project-resource.ts";
import { createTimeOrderedIds, firstIdOf } from "#src/service/time-ordered-ids.ts";
import type { AuditEntry } from "#src/store/audit.ts";
import { DAY_MS, MANY_CALLS_MS, NOW, project } from "../../store/conformance/fixture.ts";
import { openAudit, ROOT } from "./support.ts";

test("an entry is kept for 365 days, and no longer", async () => {
  const opened = await openAudit();
  await opened.call(ROOT, "createProject", { project: { siteKey: "shop" } });
  const stored = () => opened.stores.audit.listAuditEntries({}, undefined, 10);

  opened.now = NOW + KEPT_MS;
  await opened.audit.trim();
  expect(await stored()).toHaveLength(1);
  // Without new entries old ones are looked for once an hour.
  opened.now += 60 * 60 * 1000;
  await opened.audit.trim();
  expect(await stored()).toEqual([]);
});

test(
  "the entries of one method in one project are bounded, and push out no others",
  async () => {
    const opened = await openAudit();
    await opened.call(ROOT, "createProject", { project: { siteKey: "shop" } });
    const entries = Array.from({ length: MAX_OF_SERIES + 700 }, (): AuditEntry => {
      return { ...opened.audit.stamp(), series: "p1|m", outcome: "done", actor: "tok_1", method: "m" };
    });
    for (let from = 0; from < entries.length; from += 500) {
      await opened.audit.append(entries.slice(from, from + 500));
    }

    const left = () => opened.stores.audit.listAuditEntries({ actor: "tok_1" }, undefined, 2 * MAX_OF_SERIES);
    // Nobody waits for what is removed after 500 more.
    await expect.poll(async () => (await left()).length).toBeLessThanOrEqual(MAX_OF_SERIES + 500);
    await opened.audit.trim();
    expect((await left()).map(({ id }) => id)).toEqual(
      entries
        .slice(-MAX_OF_SERIES)
        .map(({ id }) => id)
        .toReversed(),
    );
    expect(await opened.stores.audit.listAuditEntries({ actor: "root" }, undefined, 10)).toHaveLength(1);
  },
  MANY_CALLS_MS,
);

test("large entries of one method in one project are bounded lower, and push out no small ones", async () => {
  const opened = await openAudit();
  const entryOf = (after: string): AuditEntry => {
    const series = changesOf("p1", "m", { after });
    return { ...opened.audit.stamp(), series, outcome: "done", actor: "tok_1", method: "m", after };
  };
  const small = "x".repeat(MAX_SMALL_BYTES);
  await opened.audit.append([entryOf(small)]);
  await opened.audit.append(Array.from({ length: MAX_LARGE + 20 }, () => entryOf(`${small}x`)));
  await opened.audit.append([entryOf(small)]);
  await opened.audit.trim();

  const left = await opened.stores.audit.listAuditEntries({}, undefined, 2 * MAX_LARGE);
  expect(left.filter(({ after }) => after === small)).toHaveLength(2);
  expect(left).toHaveLength(MAX_LARGE + 2);
});

test("the contract says what the bounds are", () => {
  const { description } = openapi.paths["/admin/audit"].get;

  expect(description).toContain(`for ${KEPT_MS / DAY_MS} days, at most ${MAX_OF_SERIES} for each`);
  expect(description).toContain(`${MAX_LARGE} of those with more than ${MAX_SMALL_BYTES / 1024} KiB`);
  expect(description).toContain(`and ${MAX_IN_ALL} in all`);
});

test("ids rise with time, within a millisecond, and when the clock is set back", () => {
  let now = NOW;
  const next = createTimeOrderedIds(() => now);
  const ids = Array.from({ length: 70_000 }, next);
  now += 1000;
  ids.push(next());
  now -= 5000;
  ids.push(next(), next());

  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(ids.map((id) => id.length))).toEqual(new Set([26]));
  expect([firstIdOf(NOW) < (ids[0] as string), firstIdOf(NOW + 1) > (ids[0] as string)]).toEqual([true, true]);
});

test("the ids of two processes never meet, though their clocks are the same", () => {
  const [one, other] = [createTimeOrderedIds(() => NOW), createTimeOrderedIds(() => NOW)];
  const ids = Array.from({ length: 1000 }, () => [one(), other()]).flat();

  expect(new Set(ids).size).toBe(ids.length);
});

test("an update keeps the fields that differ, a creation and a deletion all", () => {
  const before = { name: "Old", live: true, list: [1, 2] };
  const after = { name: "New", live: true, list: [1], added: null };

  expect(keptStates({ before, after })).toEqual({
    before: '{"name":"Old","list":[1,2]}',
    after: '{"name":"New","list":[1],"added":null}',
  });
  expect(keptStates({ before: undefined, after })).toEqual({ after: JSON.stringify(after) });
  expect(keptStates({ before, after: undefined })).toEqual({ before: JSON.stringify(before) });
});

test("fields that are too large are left out, and named", () => {
  const large: JsonObject = {
    a: "é".repeat(MAX_STATE_BYTES / 2),
    b: 1,
    c: ["x".repeat(MAX_STATE_BYTES - 100)],
    d: "x".repeat(200),
  };

  expect(keptStates({ before: undefined, after: large })).toEqual({
    after: JSON.stringify({ b: 1, c: large.c }),
    clipped: ["a", "d"],
  });
});

test("the log has a project as the API shows it: REST's spellings, and nothing that is only stored", () => {
  const stored = { ...project(), signingSecrets: [{ id: "s1", secret: "hush", createTime: 0 }], tokenHash: "hush" };

  const json = projectJson(stored);

  expect(json).toMatchObject({ siteKey: "site_1", live: true, widgets: [{ mode: "cumulative" }, {}] });
  expect(JSON.stringify(json)).not.toMatch(/hush|"id":"p1"/);
});
