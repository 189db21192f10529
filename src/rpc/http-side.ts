import { codeFromString, codeToHttpStatus } from "@connectrpc/connect/protocol-connect";
import type { CallCode, HttpSide } from "../call/incoming.ts";
import type { Method } from "../call/method.ts";
import { errorCatalogue } from "../error-catalogue.ts";

const known = new WeakMap<Method["contract"]["method"], Map<string, HttpSide>>();

/** Returns what an RPC is over HTTP, by a protocol. */
export function httpSideOf({ contract: { method } }: Method, protocol: string): HttpSide {
  let sides = known.get(method);
  if (sides === undefined) {
    sides = new Map();
    known.set(method, sides);
  }
  let side = sides.get(protocol);
  if (side === undefined) {
    const isUnaryConnect = protocol === "connect" && method.methodKind === "unary";
    side = { route: `/${method.parent.typeName}/${method.name}`, statusOf: isUnaryConnect ? connectStatus : always200 };
    sides.set(protocol, side);
  }
  return side;
}

function connectStatus(code: CallCode): number | undefined {
  if (code === "OK" || code === "OTHER") {
    return code === "OK" ? 200 : undefined;
  }
  const connectCode = codeFromString(errorCatalogue[code].connect);
  return connectCode && codeToHttpStatus(connectCode);
}

/** gRPC's own status, and that of a stream, follows the body. */
function always200(): number {
  return 200;
}
