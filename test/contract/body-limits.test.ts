import { describe, expect, test } from "vitest";
import { contracts } from "#gen/contracts.ts";
import { ADMIN_TOKEN, useApp } from "../support/app.ts";

const shared = useApp();

const limit = contracts.find(({ method }) => method.localName === "createProject")?.maxMessageBytes ?? 0;

/** Posts a body of so many bytes that is no message, and says whether it is refused for its size. */
async function isTooLarge(path: string, type: string, length: number): Promise<boolean> {
  const headers = { "Content-Type": type, "X-Admin-Token": ADMIN_TOKEN };
  const answer = await fetch(`${shared.app.url}${path}`, { method: "POST", headers, body: " ".repeat(length) });
  const body = await answer.text();
  const text = type.includes("text") ? Buffer.from(body, "base64").toString() : body;
  // gRPC's message is in the body's trailers, or in the headers when there is no body.
  return /larger(?: |%20)than/.test(`${text}${answer.headers.get("grpc-message")}`);
}

describe("a body is refused for its size when it is a byte longer than the contract says", () => {
  test("for a project that is more than the fast path reads", () => {
    expect(limit).toBeGreaterThan(64 * 1024);
  });

  test.each([
    ["/admin/projects", "application/json", limit],
    ["/streak.v1.AdminService/CreateProject", "application/json", limit],
    ["/streak.v1.AdminService/CreateProject", "application/proto", limit],
    ["/streak.v1.AdminService/CreateProject", "application/grpc-web", limit + 5],
    ["/streak.v1.AdminService/CreateProject", "application/grpc-web-text", 4 * Math.ceil((limit + 5) / 3)],
  ])("%s as %s", async (path, type, most) => {
    expect([await isTooLarge(path, type, most), await isTooLarge(path, type, most + 1)]).toEqual([false, true]);
  });
});
