import { join } from "node:path";
import { credentials, loadPackageDefinition, type ServiceError, status } from "@grpc/grpc-js";
import { loadSync, type MessageTypeDefinition } from "@grpc/proto-loader";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Server, startServer } from "../support/server.ts";
import { root } from "../support/tools.ts";

// grpc-js makes its stubs from the .proto files when it runs.
const contract = loadSync(
  ["streak/v1/streak_service.proto", "google/rpc/status.proto", "google/rpc/error_details.proto"],
  {
    includeDirs: [join(root, "proto")],
    enums: String,
    // Shows a google.protobuf.Any as the message that is in it.
    json: true,
  },
);

/** A deadline that no test comes near, unless the server hangs. */
const GENEROUS_MS = 30_000;

describe.each([
  ["grpc-js", {}],
  ["grpc-js with gzip", { "grpc.default_compression_algorithm": 2 }],
  ["grpc-js with deflate", { "grpc.default_compression_algorithm": 1 }],
])("%s", (name, compression) => {
  let server: Server;
  // biome-ignore lint/suspicious/noExplicitAny: what is loaded at run time has no types
  let client: any;

  beforeAll(async () => {
    server = await startServer();
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const { StreakService } = (loadPackageDefinition(contract) as any).streak.v1;
    client = new StreakService(server.url.replace("http://", ""), credentials.createInsecure(), {
      "grpc.enable_http_proxy": 0,
      ...compression,
    });
  });

  afterAll(async () => {
    client?.close();
    await server?.stop();
  });

  // biome-ignore lint/suspicious/noExplicitAny: as above
  function call(method: string, request: object, deadline = Date.now() + GENEROUS_MS): Promise<any> {
    return new Promise((resolve, reject) => {
      client[method](request, { deadline }, (error: ServiceError | null, response: unknown) =>
        error ? reject(error) : resolve(response),
      );
    });
  }

  function event(userHash: string, event: string, ts: string) {
    return {
      siteKey: "proj_demo",
      userHash: `${name} ${userHash}`,
      event,
      eventType: "EVENT_TYPE_STREAK_INTERACTION",
      ts: { seconds: Date.parse(ts) / 1000 },
      tz: "America/New_York",
      meta: { fields: { postId: { stringValue: "123" }, tags: { listValue: { values: [{ numberValue: 1 }] } } } },
      sessionId: "a session",
    };
  }

  test("records an event", async () => {
    expect(await call("recordEvent", event("records", "visit", "2024-01-15T12:00:00Z"))).toEqual({ ok: true });
  });

  test("reads the state", async () => {
    await call("recordEvent", event("reads", "like", "2024-01-15T12:00:00Z"));
    await call("recordEvent", event("reads", "like", "2024-01-16T12:00:00Z"));
    const state = await call("getState", { siteKey: "proj_demo", userHash: `${name} reads`, event: "like" });
    expect(state.streak).toMatchObject({ mode: "STREAK_MODE_CUMULATIVE", current: 2 });
    expect(state.week).toHaveLength(7);
  });

  test("reads the detail of an error", async () => {
    const error = await call("recordEvent", event("errs", "no-such-widget", "2024-01-15T12:00:00Z")).catch((e) => e);
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    const { deserialize } = contract["google.rpc.Status"] as MessageTypeDefinition<object, { details: object[] }>;
    const { details } = deserialize(error.metadata.get("grpc-status-details-bin")[0]);
    expect(details).toContainEqual(
      expect.objectContaining({
        "@type": expect.stringMatching("/google.rpc.ErrorInfo$"),
        domain: "streakd",
        reason: "INVALID_WIDGET_KIND",
      }),
    );
  });

  test("keeps a deadline", async () => {
    const late = call("recordEvent", event("late", "visit", "2024-01-15T12:00:00Z"), Date.now() - 1);
    await expect(late).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    expect(await call("recordEvent", event("in time", "visit", "2024-01-15T12:00:00Z"))).toEqual({ ok: true });
  });
});
