import { afterEach, expect, test, vi } from "vitest";
import type { Principal } from "#src/call/principal.ts";
import { StreakdError } from "#src/errors.ts";
import { MAX_COUNTS, WINDOW_MS } from "#src/service/audit/refusals.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { holder, holderFor, type OpenAudit, openAudit, ROOT } from "./support.ts";

afterEach(() => vi.useRealTimers());

const anonymous = (address: string): Principal => ({ kind: "anonymous", origin: undefined, address });

async function refuse(opened: OpenAudit, principal: Principal | StreakdError, times = 1): Promise<void> {
  for (let done = 0; done < times; done++) {
    await expect(opened.call(principal, "listProjects", {})).rejects.toThrow();
  }
}

/** The counts that are written down, the newest first. */
async function counts(opened: OpenAudit, siteKey = "") {
  const { entries } = await opened.call(ROOT, "listAuditEntries", { siteKey, pageSize: 200 });
  const refused = entries.filter(({ code }) => code !== "");
  return refused.map(({ actor, address, code, count }) => `${actor} ${address} ${code} ${count}`).toSorted();
}

test("attempts are counted by caller and address, and written down together", async () => {
  const opened = await openAudit();
  await refuse(opened, anonymous("192.0.2.7"), 3);
  await refuse(opened, anonymous("192.0.2.8"));
  await refuse(opened, holder({ scopes: ["users:manage"] }), 2);
  expect(await counts(opened)).toEqual([]);

  await opened.refusals.flush();
  await opened.refusals.flush();

  expect(await counts(opened)).toEqual([
    "anonymous 192.0.2.7 UNAUTHORIZED 3",
    "anonymous 192.0.2.8 UNAUTHORIZED 1",
    "tok_1 192.0.2.2 FORBIDDEN 2",
  ]);
});

test("a caller who is refused before it is known who calls is counted by the peer's address", async () => {
  const opened = await openAudit();
  await refuse(opened, new StreakdError("RATE_LIMITED", "Too many wrong tokens."), 2);
  // The server is at fault, not the caller.
  await refuse(opened, new StreakdError("OVERLOADED", "Starting."));
  await opened.refusals.flush();

  expect(await counts(opened)).toEqual(["anonymous 127.0.0.1 RATE_LIMITED 2"]);
});

test("what a project's token was refused is an entry of its project", async () => {
  const opened = await openAudit();
  await opened.call(ROOT, "createProject", { project: { siteKey: "shop" } });
  const ofShop = await holderFor(opened, "shop");
  await refuse(opened, ofShop);
  await refuse(opened, anonymous("192.0.2.7"));
  await opened.refusals.flush();

  const { entries } = await opened.call(ofShop, "listAuditEntries", { siteKey: "shop" });

  expect(entries).toMatchObject([{ code: "FORBIDDEN", count: 1, siteKey: "shop" }, { code: "" }]);
});

test("the addresses of an IPv6 network, which one caller may have, are one caller", async () => {
  const opened = await openAudit();
  await refuse(opened, anonymous("2001:db8::7"));
  await refuse(opened, anonymous("2001:db8::8"));
  await refuse(opened, anonymous("2001:db8:0:1::7"));
  await opened.refusals.flush();

  expect(await counts(opened)).toEqual([
    "anonymous 2001:db8:0:1::7 UNAUTHORIZED 1",
    "anonymous 2001:db8::7 UNAUTHORIZED 2",
  ]);
});

test("callers beyond the bound are counted together", async () => {
  const opened = await openAudit();
  for (let caller = 0; caller < MAX_COUNTS + 5; caller++) {
    await refuse(opened, anonymous(`2001:db8:0:${caller.toString(16)}::1`));
  }
  await opened.refusals.flush();

  const stored = await opened.stores.audit.listAuditEntries({ actor: "anonymous" }, undefined, 2 * MAX_COUNTS);
  expect(stored).toHaveLength(MAX_COUNTS + 1);
  expect(stored.filter(({ address }) => address === undefined)).toMatchObject([{ count: 5 }]);
});

test("counts that can't be written down are written once they can be, and none twice", async () => {
  let isAway = true;
  const opened = await openAudit((stores) => ({
    ...stores,
    audit: {
      ...stores.audit,
      async appendAuditEntries(entries) {
        await stores.audit.appendAuditEntries(entries);
        // The entries are stored, and nobody is told.
        if (isAway) {
          throw new StoreUnavailableError({ cause: new Error("away") });
        }
      },
    },
  }));
  await refuse(opened, anonymous("192.0.2.7"), 2);
  await opened.refusals.flush();
  expect(opened.log.lines).toMatchObject([{ level: "warn" }]);
  isAway = false;
  await refuse(opened, anonymous("192.0.2.7"));

  await opened.refusals.flush();
  await opened.refusals.flush();

  expect(await counts(opened)).toEqual(["anonymous 192.0.2.7 UNAUTHORIZED 1", "anonymous 192.0.2.7 UNAUTHORIZED 2"]);
});

test("counts are written down once a minute", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const opened = await openAudit();
  await refuse(opened, anonymous("192.0.2.7"));

  vi.advanceTimersByTime(WINDOW_MS - 1);
  expect(await counts(opened)).toEqual([]);
  vi.advanceTimersByTime(1);

  await expect.poll(() => counts(opened)).toHaveLength(1);
});
