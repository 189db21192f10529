import type { Widget } from "#src/domain/project.ts";
import { EVERY_DAY } from "#src/domain/rules.ts";
import type { Stores } from "#src/store/stores.ts";
import { checkIn, DAY, NOW } from "../../store/conformance/fixture.ts";

/** A widget whose runs can be repaired, three days long and for nothing. */
export const MENDED: Widget = {
  event: "mended",
  rules: { mode: "continuous", versions: [{ ...EVERY_DAY, repairs: { withinDays: 3, price: { kind: "none" } } }] },
  milestones: [],
  settings: { theme: { name: "beige" }, position: "", mainMessage: "" },
};

/** Records two days of users, after which the run has ended on the day before `DAY`. */
export async function recordBroken({ events }: Stores, projectId: string, users: readonly string[]): Promise<void> {
  const days = users.flatMap((userHash) =>
    [DAY - 3, DAY - 2].map((day) => checkIn({ projectId, userHash, event: MENDED.event, day })),
  );
  await events.record(days, NOW);
}
