import { once } from "node:events";
import { expect, it } from "vitest";
import { WriteBack } from "#src/store/embedded/write-back.ts";

it("warns when it can't write back, holds nobody up, and can be closed", async () => {
  const writeBack = new WriteBack("/nowhere/streakd.db");
  const warning = once(process, "warning");
  writeBack.note(1_000);
  expect(String(await warning)).toContain("unable to open database file");
  writeBack.note(1_000);
  await writeBack.close();
});

it("can be closed when there was nothing to write back", async () => {
  const writeBack = new WriteBack("/nowhere/streakd.db");
  writeBack.note(1);
  await writeBack.close();
});
