import { once } from "node:events";
import { connect, type IncomingHttpHeaders } from "node:http2";
import { create, type DescMessage, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { GetStateRequestSchema, RecordEventRequestSchema } from "#gen/streak/v1/streak_service_pb.ts";
import type { FixedRequest } from "./h2load.ts";
import { EVENT, knownUser, SITE_KEY } from "./load.ts";

/** A unary gRPC call, whose answer is not known yet. */
export type GrpcCall = Omit<FixedRequest, "answerBytes">;

const headers = { "content-type": "application/grpc", te: "trailers" };

/** The call that records an event of a user. */
export function grpcRecord(userHash: string): GrpcCall {
  const body = frame(RecordEventRequestSchema, { siteKey: SITE_KEY, userHash, event: EVENT });
  return { path: "/streak.v1.StreakService/RecordEvent", headers, body };
}

/** The call that reads the state of a user who has done today. */
export function grpcState(): GrpcCall {
  const body = frame(GetStateRequestSchema, { siteKey: SITE_KEY, userHash: knownUser(0), event: EVENT });
  return { path: "/streak.v1.StreakService/GetState", headers, body };
}

/**
 * Makes a call on a connection of its own, and answers the body of the answer: the framed message.
 *
 * @throws when the call fails
 */
export async function callGrpc(url: string, { path, headers, body }: GrpcCall): Promise<Buffer> {
  const session = connect(url);
  try {
    const stream = session.request({ ":method": "POST", ":path": path, ...headers });
    let trailers: IncomingHttpHeaders = {};
    stream.on("response", (head) => {
      trailers = head; // an answer without a body has them there
    });
    stream.on("trailers", (tail) => {
      trailers = tail;
    });
    const chunks: Buffer[] = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.end(body);
    await once(stream, "end");
    if (trailers["grpc-status"] !== "0") {
      throw new Error(`${path} failed with gRPC status ${trailers["grpc-status"]}: ${trailers["grpc-message"]}`);
    }
    return Buffer.concat(chunks);
  } finally {
    session.close();
  }
}

/** A message as gRPC sends it: a byte that says "not compressed", the length in four bytes, the message. */
function frame<Desc extends DescMessage>(schema: Desc, fields: MessageInitShape<Desc>): Buffer {
  const message = toBinary(schema, create(schema, fields));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
