import type { Db } from "mongodb";
import type { EventDocument } from "#src/store/mongo/documents.ts";
import type { KeptRepeat } from "../conformance/fixture.ts";

/** Returns the repeats that a database keeps. */
export async function repeatsIn(database: Db): Promise<KeptRepeat[]> {
  const found = await database
    .collection<EventDocument>("events")
    .find({ type: "streak_interaction", analyticsId: { $exists: true } })
    .toArray();
  return found.map(({ _id, p, u, type, at, analyticsId, ...rest }) => {
    return { ...rest, projectId: p, userHash: u, at: at.getTime(), id: analyticsId as string };
  });
}
