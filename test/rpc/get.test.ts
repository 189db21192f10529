import { gzipSync } from "node:zlib";
import { fromBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { contracts } from "#gen/contracts.ts";
import { ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { methodsOf } from "#src/call/method.ts";
import { handlersOf, startRpc } from "./support.ts";

const PATH = "/streak.v1.StreakService/GetState";

const MESSAGE = encodeURIComponent(JSON.stringify({ siteKey: "p", userHash: "u", event: "e" }));

async function serve() {
  const asked: unknown[] = [];
  const handlers = {
    async getState(request: unknown) {
      asked.push(request);
      return {};
    },
  };
  return { asked, ...(await startRpc(methodsOf(StreakService, handlersOf(StreakService, handlers), contracts))) };
}

test("Connect's GET calls a method that changes nothing, and nobody may keep the answer", async () => {
  const { url, asked, counted } = await serve();
  const response = await fetch(`${url}${PATH}?connect=v1&encoding=json&message=${MESSAGE}`);
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  expect(await response.json()).toMatchObject({ week: [], milestones: [] });
  expect(asked).toMatchObject([{ siteKey: "p", userHash: "u", event: "e" }]);
  expect(counted).toEqual(["connect getState OK"]);
});

test.each([
  ["a message that is given twice", `encoding=json&message=${MESSAGE}&message=${MESSAGE}`],
  ["an encoding that is given twice", `encoding=json&encoding=json&message=${MESSAGE}`],
  ["broken percent-encoding", `encoding=json&message=${MESSAGE}&other=%f`],
  ["percent-encoding that is not UTF-8", `encoding=json&message=${MESSAGE.replace("p", "%ff")}`],
  ["a message that is not base64", "encoding=proto&base64=1&message=A"],
  ["bytes that are no message", "encoding=proto&base64=1&message=CsgBAg"],
  ["a message without its fields", "encoding=json&message=%7B%7D"],
])("Connect's GET refuses %s as INVALID_BODY", async (_, query) => {
  const { url, asked, counted, logged, errors } = await serve();
  const response = await fetch(`${url}${PATH}?connect=v1&${query}`);
  const { code, details } = (await response.json()) as { code: string; details: [{ value: string }] };
  expect([response.status, code]).toEqual([400, "invalid_argument"]);
  expect(fromBinary(ErrorInfoSchema, Buffer.from(details[0].value, "base64")).reason).toBe("INVALID_BODY");
  expect([asked, counted, logged, errors]).toEqual([[], ["connect getState INVALID_BODY"], [], []]);
});

function packed(encoding: string, bytes: Buffer): string {
  return `${encoding}&encoding=json&base64=1&message=${bytes.toString("base64url")}`;
}

test("Connect's GET takes a compressed message", async () => {
  const { url, asked } = await serve();
  const message = gzipSync(decodeURIComponent(MESSAGE));
  expect((await fetch(`${url}${PATH}?connect=v1&${packed("compression=gzip", message)}`)).status).toBe(200);
  expect(asked).toMatchObject([{ siteKey: "p", userHash: "u", event: "e" }]);
});

test.each([
  ["is not gzip", "compression=gzip", Buffer.from("{}"), "invalid_argument"],
  ["is no message", "compression=gzip", gzipSync("{"), "invalid_argument"],
  ["unpacks to too much", "compression=gzip", gzipSync(Buffer.alloc(1024 * 1024, " ")), "resource_exhausted"],
  ["is in an encoding that nobody knows", "compression=snappy", Buffer.from("{}"), "unimplemented"],
  ["has two encodings", "compression=gzip&compression=br", gzipSync("{}"), "invalid_argument"],
])("Connect's GET refuses a compressed message that %s", async (_, encoding, bytes, code) => {
  const { url, asked, errors } = await serve();
  const response = await fetch(`${url}${PATH}?connect=v1&${packed(encoding, bytes)}`);
  expect(await response.json()).toMatchObject({ code });
  expect([asked, errors]).toEqual([[], []]);
});
