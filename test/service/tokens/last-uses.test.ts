import { expect, onTestFinished, test } from "vitest";
import { LastUses } from "#src/service/tokens/last-uses.ts";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { NOW, token } from "../../store/conformance/fixture.ts";
import { newFolder } from "../../support/folder.ts";
import { silentLog } from "../../support/log.ts";

const MINUTE_MS = 60_000;

test("uses that could not be written are written the next time, with those that came since", async () => {
  const folder = await newFolder();
  const uses = new LastUses();
  const first = await openSqliteStores(folder, silentLog);
  const unused = { project: undefined, lastUseTime: undefined };
  await Promise.all(["a", "b"].map((id) => first.tokens.createToken(token({ id, ...unused }))));
  uses.add("a", NOW);
  uses.add("b", NOW);
  await first.close();
  await expect(uses.write(first.tokens)).rejects.toBeInstanceOf(StoreUnavailableError);

  const second = await openSqliteStores(folder, silentLog);
  onTestFinished(() => second.close());
  uses.add("b", NOW + MINUTE_MS + 1);
  await uses.write(second.tokens);
  const read = async (id: string) => (await second.tokens.readToken(id))?.lastUseTime;
  expect([await read("a"), await read("b")]).toEqual([NOW, NOW + MINUTE_MS]);
});
