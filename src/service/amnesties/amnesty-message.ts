import type { JsonObject } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Amnesty as AmnestyMessage, AmnestySchema } from "#gen/streak/v1/amnesty_service_pb.ts";
import type { Amnesty, AmnestyDecision } from "../../domain/amnesties.ts";
import { isoDate } from "../../domain/day.ts";
import { messageJson } from "../message-json.ts";

/** Returns an amnesty as the contract's message. */
export function amnestyToMessage({ id, event, from, to, declared, takenBack }: Amnesty): AmnestyMessage {
  return {
    $typeName: "streak.v1.Amnesty",
    amnestyId: id,
    ...(event !== undefined && { event }),
    from: isoDate(from),
    to: isoDate(to),
    ...decisionToFields(declared),
    ...(takenBack && { takenBack: { $typeName: "streak.v1.AmnestyTakenBack", ...decisionToFields(takenBack) } }),
  };
}

/** An amnesty as the audit log keeps it. */
export function amnestyJson(amnesty: Amnesty): JsonObject {
  return messageJson(AmnestySchema, amnestyToMessage(amnesty));
}

function decisionToFields({ reason, actor, at }: AmnestyDecision) {
  return { reason, actor, createTime: timestampFromMs(at) };
}
