import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { http2Client } from "../http/support.ts";
import { ADMIN_TOKEN, openApp, type TestApp } from "../support/app.ts";

/** The JSON of a message that a body holds, in gRPC's envelope or not. */
const json = (bytes: Buffer) => JSON.parse(bytes.toString());
const enveloped = (bytes: Buffer) => json(bytes.subarray(5, 5 + bytes.readUInt32BE(1)));

function inEnvelope(text: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Buffer.byteLength(text), 1);
  return Buffer.concat([head, Buffer.from(text)]);
}

interface Protocol {
  readonly name: string;
  /** Calls a method with a message as text; resolves to the response's message. Rejects when there is none. */
  call(app: TestApp, method: string, message: object): Promise<unknown>;
}

const protocols: Protocol[] = [
  {
    name: "Connect",
    async call(app, method, message) {
      const headers = { "Content-Type": "application/json", "X-Admin-Token": ADMIN_TOKEN };
      const response = await fetch(`${app.url}/${method}`, { method: "POST", headers, body: JSON.stringify(message) });
      const answer = json(Buffer.from(await response.arrayBuffer()));
      return response.ok ? answer : Promise.reject(new Error(answer.message));
    },
  },
  {
    name: "gRPC-Web",
    async call(app, method, message) {
      const headers = { "Content-Type": "application/grpc-web+json", "X-Admin-Token": ADMIN_TOKEN };
      const body = new Uint8Array(inEnvelope(JSON.stringify(message)));
      const response = await fetch(`${app.url}/${method}`, { method: "POST", headers, body });
      const bytes = Buffer.from(await response.arrayBuffer());
      return bytes[0] === 0
        ? enveloped(bytes)
        : Promise.reject(new Error(decodeURIComponent(`${bytes}${response.headers.get("grpc-message")}`)));
    },
  },
  {
    name: "gRPC",
    async call(app, method, message) {
      const session = await http2Client(app.url);
      const headers = { "content-type": "application/grpc+json", "x-admin-token": ADMIN_TOKEN };
      const stream = session.request({ ":method": "POST", ":path": `/${method}`, ...headers });
      const parts: Buffer[] = [];
      stream.on("data", (part) => parts.push(part));
      let trailers: Record<string, unknown> = {};
      stream.on("trailers", (last) => {
        trailers = last;
      });
      stream.end(inEnvelope(JSON.stringify(message)));
      await once(stream, "end");
      session.close();
      const bytes = Buffer.concat(parts);
      return bytes.length > 0
        ? enveloped(bytes)
        : Promise.reject(new Error(decodeURIComponent(String(trailers["grpc-message"]))));
    },
  },
];

const RECORD = "streak.v1.StreakService/RecordEvent";
const STATE = "streak.v1.StreakService/GetState";
const CREATE = "streak.v1.AdminService/CreateProject";
const event = { siteKey: "proj_demo", userHash: "u", event: "visit" };

describe.each(protocols)("the JSON of $name", ({ call }) => {
  const currentOf = async (app: TestApp, query?: Record<string, string>) => (await app.state(query)).streak.current;

  test.each(["widget_impression", "EVENT_TYPE_WIDGET_IMPRESSION", 2])("takes eventType %j", async (eventType) => {
    const app = await openApp();
    expect(await call(app, RECORD, { ...event, eventType })).toEqual({ ok: true });
    expect(await currentOf(app)).toBe(0);
    await call(app, RECORD, { ...event, event_type: "streak_interaction" });
    expect(await currentOf(app)).toBe(1);
  });

  test("takes kind for event, and answers in protobuf's own spelling", async () => {
    const app = await openApp();
    const { event: kind, ...rest } = event;
    await call(app, RECORD, { ...rest, kind });
    const state = await call(app, STATE, { ...rest, kind: "visit", event: null });
    expect(state).toMatchObject({ streak: { mode: "STREAK_MODE_CONTINUOUS", current: 1 } });
    await call(app, STATE, { ...event, kind: "visit" });
    await expect(call(app, STATE, { ...event, kind: "like" })).rejects.toThrow(
      "event and its older name kind say different things: send only event.",
    );
  });

  test("takes REST's spellings in nested messages, and the proto's names of fields", async () => {
    const app = await openApp();
    const widgets = [
      { event: "a", mode: "cumulative" },
      { event: "b", mode: "STREAK_MODE_CUMULATIVE" },
      { event: "c" },
    ];
    await call(app, CREATE, { project: { site_key: "p", allowed_origins: ["a.example"], widgets } });
    const project = (await app.admin("GET", "/admin/projects/p")).json;
    expect(project.allowedOrigins).toEqual(["a.example"]);
    expect(project.widgets.map(({ mode }: { mode: string }) => mode)).toEqual([
      "cumulative",
      "cumulative",
      "continuous",
    ]);
  });

  test("takes every form of a time, local ones in tz", async () => {
    const app = await openApp();
    const doneDays = async (ts: string, tz?: string) => {
      await call(app, RECORD, { ...event, userHash: ts, ts, ...(tz && { tz }) });
      const { week } = await app.state({ userHash: ts });
      return week.filter((day) => day.isCheckedIn).map((day) => day.isoDate);
    };
    expect(await doneDays("20240111T233000,5Z")).toEqual(["2024-01-11"]);
    expect(await doneDays("2024-01-11T23:30", "America/New_York")).toEqual(["2024-01-11"]);
    expect(await doneDays("2024-01-10", "Asia/Tokyo")).toEqual(["2024-01-10"]);
    await expect(doneDays("2024-01-09")).rejects.toThrow("ts is a date alone");
  });

  test.each([
    [
      { eventType: "impression" },
      "eventType must be one of streak_interaction, widget_impression, widget_interaction.",
    ],
    [{ evnt: "visit" }, "evnt is not a field here; the nearest is event."],
    [{ favouriteColour: "beige" }, "favouriteColour is not a field here; it may be any of siteKey, userHash, event,"],
    [JSON.parse('{"__proto__":{}}'), "__proto__ is not a field here"],
  ])("refuses %j", async (bend, message) => {
    const app = await openApp();
    await expect(call(app, RECORD, { ...event, ...bend })).rejects.toThrow(message);
  });
});

test("Connect's GET takes what REST takes", async () => {
  const app = await openApp();
  await app.record({});
  const message = JSON.stringify({ siteKey: "proj_demo", userHash: "u", kind: "visit" });
  const answer = await app.get(`/${STATE}?encoding=json&message=${encodeURIComponent(message)}`);
  expect([answer.status, answer.json.streak.current]).toEqual([200, 1]);
});
