import type { Empty } from "../charts/ChartFrame.tsx";

/** What stands in a card about check-ins when there are none. */
export const NO_CHECK_INS: Empty = {
  title: "No check-ins in these days",
  text: "Choose more days above, or another event.",
};
