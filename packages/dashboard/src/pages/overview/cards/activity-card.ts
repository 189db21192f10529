import type { GetActivityResponse } from "#gen/streak/v1/analytics_service_pb.ts";
import type { LoadingAgain } from "../charts/ChartFrame.tsx";
import type { Step } from "../range/range.ts";

/** What a card about the activity of a range gets. */
export interface ActivityCardProps {
  readonly query: LoadingAgain<GetActivityResponse>;
  readonly step: Step;
  /** The present day of the project; undefined while it is not known. */
  readonly today: string | undefined;
}
