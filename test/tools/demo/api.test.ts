import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { Api, DemoError } from "../../../tools/demo/api.ts";

/** Opens a server that answers 503 so many times, and then 200; and the API of it, which waits for nothing. */
async function open(busyTimes: number) {
  let calls = 0;
  const server = createServer((_, response) => {
    calls++;
    const isBusy = calls <= busyTimes;
    response.writeHead(isBusy ? 503 : 200, { "Content-Type": "application/json" });
    response.end(isBusy ? '{"error":"OVERLOADED","message":"The disk is full."}' : "{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const wait = vi.fn(async () => {});
  const api = new Api(url, "token", wait);
  onTestFinished(() => {
    api.close();
    server.close();
  });
  return { api, wait, calls: () => calls };
}

test("a call that the server can't take yet is sent again after a while", async () => {
  const { api, wait } = await open(3);
  expect(await api.admin("POST", "/admin/projects", {})).toEqual({ status: 200, json: {} });
  expect(wait).toHaveBeenCalledTimes(3);
});

test("a server that never takes a call ends the demo, which says what the server answers", async () => {
  const { api, wait, calls } = await open(Number.POSITIVE_INFINITY);
  const error = await api.admin("POST", "/admin/projects", {}).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(DemoError);
  expect(error.message).toContain("POST /admin/projects is answered 503 OVERLOADED");
  expect(error.message).toContain("The disk is full.");
  expect([calls(), wait.mock.calls.length]).toEqual([121, 120]);
});
