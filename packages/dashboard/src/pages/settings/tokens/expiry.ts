import { type Timestamp, timestampFromMs } from "@bufbuild/protobuf/wkt";

const DAY_MS = 24 * 60 * 60 * 1000;

/** After how many days a token can expire, with the words of the form. */
export const EXPIRIES = [
  { value: "never", label: "Never" },
  { value: "7", label: "In 7 days" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
] as const;

/** One of the choices. */
export type Expiry = (typeof EXPIRIES)[number]["value"];

/**
 * The time of a choice; undefined for a token that never expires.
 *
 * @param now epoch milliseconds
 */
export function expireTimeOf(expiry: Expiry, now = Date.now()): Timestamp | undefined {
  return expiry === "never" ? undefined : timestampFromMs(now + Number(expiry) * DAY_MS);
}
