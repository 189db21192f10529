import type { StreakFreezes } from "#gen/streak/v1/streak_service_pb.ts";
import { Stat } from "../components/Stat.tsx";
import { formatNumber } from "../format.ts";
import { freezesStandingInWords } from "./progress.ts";

/** How many freezes a user has left for a streak. */
export function FreezesStat({ freezes }: { readonly freezes: StreakFreezes }) {
  return <Stat label="Freezes left" value={formatNumber(freezes.left)} about={freezesStandingInWords(freezes)} />;
}
