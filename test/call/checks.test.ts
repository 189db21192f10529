import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ListProjectsRequestSchema } from "#gen/streak/v1/admin_service_pb.ts";
import { checkListProjectsRequest } from "#gen/streak/v1/admin_service_rest.ts";
import { ProjectSchema } from "#gen/streak/v1/project_pb.ts";
import { checkProject } from "#gen/streak/v1/project_rest.ts";
import { RecordEventRequestSchema } from "#gen/streak/v1/streak_service_pb.ts";
import { checkRecordEventRequest } from "#gen/streak/v1/streak_service_rest.ts";
import type { Messages } from "#src/call/method.ts";
import { incomingOf, methodOf, openPipeline } from "./support.ts";

const event = (bend: object) => create(RecordEventRequestSchema, { siteKey: "p", userHash: "u", event: "e", ...bend });

test("a request that keeps every rule passes", () => {
  expect(checkRecordEventRequest(event({ tz: "UTC", ts: { seconds: 1n } }))).toBeUndefined();
});

test.each([
  [{ siteKey: "" }, "siteKey is required and must not be empty."],
  [{ siteKey: "x".repeat(65) }, "siteKey must be at most 64 characters long."],
  [{ userHash: "a\ud800" }, "userHash must be well-formed Unicode: it holds half of a surrogate pair."],
  [{ userHash: "a\u0085" }, "userHash must not hold control characters."],
  [{ event: "a\n" }, "event must not hold control characters."],
  [{ eventType: 9 }, "eventType must be one of streak_interaction, widget_impression, widget_interaction."],
  [{ idempotencyKey: "" }, "idempotencyKey must not be empty: leave it out."],
  [{ ts: { nanos: -1 } }, "ts must lie in the years 1 to 9999, with nanos from 0 to 999999999."],
  [{ ts: { seconds: 1n << 40n } }, "ts must lie in the years 1 to 9999, with nanos from 0 to 999999999."],
])("%o is refused, and the message says why", (bend, message) => {
  expect(() => checkRecordEventRequest(event(bend))).toThrow(
    expect.objectContaining({ code: "INVALID_BODY", message }),
  );
});

test("lengths are counted in characters, so that no alphabet has less room", () => {
  expect(checkRecordEventRequest(event({ siteKey: "🔥".repeat(64) }))).toBeUndefined();
  expect(() => checkRecordEventRequest(event({ siteKey: "🔥".repeat(65) }))).toThrow("at most 64 characters");
});

test.each([
  [{ siteKey: "a b" }, "siteKey must match ^(?:[A-Za-z0-9_-]+)$."],
  [{ allowedOrigins: Array(101).fill("a") }, "allowedOrigins must hold at most 100 entries, not 101."],
  [{ allowedOrigins: ["a", "x".repeat(257)] }, "allowedOrigins[1] must be at most 256 characters long."],
  [{ widgets: [{ event: "e" }, {}] }, "widgets[1].event is required and must not be empty."],
  [{ widgets: [{ event: "e", mode: 3 }] }, "widgets[0].mode must be one of continuous, cumulative."],
  [
    { widgets: [{ event: "e", settings: { theme: { name: "\0" } } }] },
    "widgets[0].settings.theme.name must not hold control characters.",
  ],
])("nested messages and lists are checked too: %o", (bend, message) => {
  expect(() => checkProject(create(ProjectSchema, bend as MessageInitShape<typeof ProjectSchema>))).toThrow(
    expect.objectContaining({ message }),
  );
});

test("a page size is lowered to the largest, and refused when it is negative", () => {
  const sizeOf = (pageSize: number) => {
    const request = create(ListProjectsRequestSchema, { pageSize });
    checkListProjectsRequest(request);
    return request.pageSize;
  };
  expect([0, 1, 1000, 1001, 2 ** 31 - 1].map(sizeOf)).toEqual([0, 1, 1000, 1000, 1000]);
  expect(() => sizeOf(-1)).toThrow(
    expect.objectContaining({ code: "INVALID_BODY", message: "pageSize must not be negative." }),
  );
});

test("behind its checks a handler sees only requests that keep the rules", async () => {
  const { run } = openPipeline();
  const seen: Messages[] = [];
  const handle = async (request: Messages) => {
    seen.push(request);
    return { ok: true };
  };
  const method = methodOf("unary", handle, { check: checkRecordEventRequest as never });

  await expect(run(method, incomingOf(), () => event({ event: "" }))).rejects.toThrow("event is required");
  expect(await run(method, incomingOf(), () => event({}))).toMatchObject({ ok: true });
  expect(seen).toEqual([event({})]);
});

test("each message of a stream is checked when it comes, and a refusal says which one it is about", async () => {
  const { run, codes } = openPipeline();
  const seen: unknown[] = [];
  async function handle(requests: Messages) {
    for await (const request of requests as AsyncIterable<unknown>) {
      seen.push(request);
    }
    return { ok: true };
  }
  async function* requests() {
    yield event({});
    yield event({ event: "" });
    throw new Error("nobody asks for what comes after a refusal");
  }
  const method = methodOf("client_streaming", handle, { check: checkRecordEventRequest as never });

  await expect(run(method, incomingOf(), requests)).rejects.toThrow(
    expect.objectContaining({ code: "INVALID_BODY", message: "Message 2: event is required and must not be empty." }),
  );
  expect([seen.length, codes]).toEqual([1, ["INVALID_BODY"]]);
});
