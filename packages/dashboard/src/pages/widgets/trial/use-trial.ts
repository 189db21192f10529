import type { MessageInitShape } from "@bufbuild/protobuf";
import { useQuery } from "@connectrpc/connect-query";
import { useState } from "react";
import { type Explanation, type PreviewRulesRequestSchema, RulesService } from "#gen/streak/v1/rules_service_pb.ts";
import { postTransport } from "../../../client.ts";
import { useSettled } from "../../../use-settled.ts";

/** Rules and a history to try. */
export type Trial = MessageInitShape<typeof PreviewRulesRequestSchema>;

/**
 * Asks the server what rules make of a history. It is asked after a short pause, and a call for what is no longer
 * wanted is given up. The last answer stays until the next one is there.
 *
 * @param trial undefined while the rules can't be tried, since something in them is wrong
 */
export function useTrial(trial: Trial | undefined) {
  const { settled, isOld } = useSettled(trial);
  const query = useQuery(RulesService.method.previewRules, settled, {
    enabled: settled !== undefined,
    transport: postTransport,
  });
  const [last, setLast] = useState<Explanation>();
  const answer = query.data?.explanation;
  if (answer !== undefined && answer !== last) {
    setLast(answer);
  }
  return {
    explanation: answer ?? last,
    error: query.error,
    /** Whether what is shown is not yet what was asked for. */
    isOld: isOld || query.isFetching,
  };
}
