import { create, toBinary } from "@bufbuild/protobuf";
import { RecordEventRequestSchema } from "#gen/streak/v1/streak_service_pb.ts";
import { callGrpc, grpcRecord } from "./load/grpc.ts";
import { EVENT, KNOWN_USERS, knownUser, type Protocol, SITE_KEY } from "./load/load.ts";

const RPC_PATH = "/streak.v1.StreakService/RecordEvent";

/** How each protocol over HTTP/1.1 records an event, and how its answer must look. */
const FORMS = {
  rest: { path: "/v1/e", type: "application/json", status: 202, answer: '{"ok":true}' },
  "connect-json": { path: RPC_PATH, type: "application/json", status: 200, answer: '{"ok":true}' },
  "connect-binary": { path: RPC_PATH, type: "application/proto", status: 200, answer: "\x08\x01" },
} as const;

/** How many of them are recorded at once. */
const AT_ONCE = 10;

/**
 * Has every known user do today, and looks at every answer: the generators look at its status only.
 *
 * @throws when an answer is not what the contract says
 */
export async function prepare(url: string, protocol: Protocol): Promise<void> {
  const users = Array.from({ length: KNOWN_USERS }, (_, number) => knownUser(number));
  const recordNext = async () => {
    for (let user = users.pop(); user !== undefined; user = users.pop()) {
      await (protocol === "grpc" ? callGrpc(url, grpcRecord(user)) : record(url, protocol, user));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, recordNext));
}

/** The body of the state answer, over REST, of a user who has done today. */
export async function readState(url: string): Promise<string> {
  const query = new URLSearchParams({ siteKey: SITE_KEY, userHash: knownUser(0), event: EVENT });
  const answer = await fetch(`${url}/v1/state?${query}`);
  const body = await answer.text();
  if (answer.status !== 200 || JSON.parse(body).streak?.todayDone !== true) {
    throw new Error(`GET /v1/state answered ${answer.status}: ${body}`);
  }
  return body;
}

async function record(url: string, protocol: keyof typeof FORMS, userHash: string): Promise<void> {
  const { path, type, status, answer } = FORMS[protocol];
  const event = { siteKey: SITE_KEY, userHash, event: EVENT };
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "Content-Type": type },
    body:
      protocol === "connect-binary"
        ? toBinary(RecordEventRequestSchema, create(RecordEventRequestSchema, event))
        : JSON.stringify(event),
  });
  const body = await response.text();
  if (response.status !== status || body !== answer) {
    throw new Error(`POST ${path} answered ${response.status}: ${body}`);
  }
}
