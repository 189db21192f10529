import { AnalyticsSettingsSchema, type Project } from "#gen/streak/v1/project_pb.ts";
import { lengthOf, limitsOf } from "../../../limits.ts";
import type { FormKind } from "../project-form.ts";

/** What the form holds. */
export interface AnalyticsDraft {
  readonly keepRepeats: boolean;
  /** The keys of `meta`, one on each line. */
  readonly metaKeys: string;
}

/** The limits of the list of keys: how many there may be, and how many characters each may have. */
export const KEY_LIMITS = limitsOf(AnalyticsSettingsSchema, "metaKeys");

/** Returns the keys of a text with one on each line. */
export function keysOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Returns what is wrong with a list of keys that the server would refuse; empty when nothing is. */
export function problemsOfKeys(keys: readonly string[]): string[] {
  const { maxItems, maxLength } = KEY_LIMITS;
  const repeated = keys.filter((key, index) => keys.indexOf(key) < index);
  return [
    ...(keys.length > maxItems ? [`At most ${maxItems} keys.`] : []),
    ...(keys.some((key) => lengthOf(key) > maxLength) ? [`At most ${maxLength} characters for each key.`] : []),
    ...[...new Set(repeated)].map((key) => `“${key}” is there twice.`),
  ];
}

/** The form about what is kept and counted for analytics. Both parts are one field of the project. */
export const ANALYTICS: FormKind<AnalyticsDraft> = {
  toDraft: ({ analytics }: Project) => ({
    keepRepeats: analytics?.keepRepeats ?? false,
    metaKeys: (analytics?.metaKeys ?? []).join("\n"),
  }),
  fields: [
    {
      label: "Kept and counted",
      path: "analytics",
      toProject: ({ keepRepeats, metaKeys }) => ({ analytics: { keepRepeats, metaKeys: keysOf(metaKeys) } }),
      show: ({ keepRepeats, metaKeys }) =>
        `${keepRepeats ? "repeats are kept" : "no repeats"}; keys: ${keysOf(metaKeys).join(", ") || "none"}`,
    },
  ],
};
