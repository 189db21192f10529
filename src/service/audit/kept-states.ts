import type { JsonObject } from "@bufbuild/protobuf";
import type { AuditedChange } from "../../call/audit.ts";

/** The most bytes of `before`, and of `after`, as JSON. Fields that do not fit are left out. */
export const MAX_STATE_BYTES = 8 * 1024;

/** What an entry keeps of a resource before and after a change. */
export interface KeptStates {
  readonly before?: string;
  readonly after?: string;
  readonly clipped?: readonly string[];
}

/** Returns what an entry keeps of a change; for an update, the fields that differ. */
export function keptStates({ before, after }: Pick<AuditedChange, "before" | "after">): KeptStates {
  const clipped = new Set<string>();
  const keep = (state: JsonObject, other: JsonObject | undefined): string => {
    const fields = Object.entries(state).filter(
      ([name, value]) => other === undefined || JSON.stringify(value) !== JSON.stringify(other[name]),
    );
    return clip(fields, clipped);
  };
  const kept = {
    ...(before !== undefined && { before: keep(before, after) }),
    ...(after !== undefined && { after: keep(after, before) }),
  };
  return { ...kept, ...(clipped.size > 0 && { clipped: [...clipped].toSorted() }) };
}

/**
 * Returns fields as a JSON object that is not too large. The names of fields that are left out are added to `clipped`.
 */
function clip(fields: readonly (readonly [string, unknown])[], clipped: Set<string>): string {
  const kept: string[] = [];
  let bytes = "{}".length;
  for (const [name, value] of fields) {
    const field = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
    const size = Buffer.byteLength(field) + ",".length;
    if (bytes + size > MAX_STATE_BYTES) {
      clipped.add(name);
    } else {
      kept.push(field);
      bytes += size;
    }
  }
  return `{${kept.join(",")}}`;
}
