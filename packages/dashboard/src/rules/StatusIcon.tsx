import type { DayLook } from "./status.ts";

/**
 * What is drawn for each look, beside its colour and pattern: nothing for days off, which have a pattern, and open
 * days.
 */
const PATHS: Readonly<Record<DayLook, string | undefined>> = {
  done: "m5 12.5 4.5 4.5L19 7.5",
  extra: "m5 12.5 4.5 4.5L19 7.5",
  // A moon.
  late: "M20 14.5A8.5 8.5 0 1 1 10 4a6.5 6.5 0 0 0 10 10.5Z",
  missed: "m6.5 6.5 11 11m0-11-11 11",
  // A snowflake.
  frozen: "M12 3v18M4.2 7.5l15.6 9M19.8 7.5l-15.6 9",
  // A wrench.
  repaired: "M16 3a5 5 0 1 0 5 5M12 12l-8 8",
  excused: "M4 15a8 8 0 0 1 14.5-4.5M19 5v6h-6",
  off: undefined,
  // A shield.
  amnesty: "M12 3.5 19 6v5.5c0 4-3 7-7 9-4-2-7-5-7-9V6Z",
  // A plane.
  bridged: "M12 3v18M4 14l8-4 8 4M9 20l3-3 3 3",
  paused: "M8.5 6v12M15.5 6v12",
  rest: "M9 12h6",
  open: undefined,
};

/** A small sign of what became of a day. Screen readers pass over it. */
export function StatusIcon({ look }: { readonly look: DayLook }) {
  const path = PATHS[look];
  return (
    path !== undefined && (
      <svg
        width="14"
        height="14"
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        <path d={path} />
      </svg>
    )
  );
}
