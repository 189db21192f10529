import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { readConfig } from "#src/config/config.ts";

test.each([
  ["two words of some length", "may hold only visible ASCII characters"],
  ["tökentökentöken1", "may hold only visible ASCII characters"],
  ["hunter2", "must have at least 16 characters, not 7"],
  ["aaaaaaaaaaaaaaaaaaaa", "must have at least 8 different characters"],
  ["changemechangeme", "must have at least 8 different characters"],
  ["0123456789abcdef", "is easy to guess"],
  ["please-change-me-now", "is easy to guess"],
  ["Password-1234567", "is easy to guess"],
  ["my-secret-admin-token", "is easy to guess"],
  ["admin1234567890!", "is easy to guess"],
  ["your-admin-token-here", "is easy to guess"],
  ["my-secret-token-1", "is easy to guess"],
])("the admin token %s is refused, with how to make a good one", (token, problem) => {
  expect(() => readConfig({ ADMIN_TOKEN: token })).toThrow(
    new RegExp(`^ADMIN_TOKEN ${problem}.*make one with: openssl rand -base64 24$`),
  );
});

test("every token that openssl makes is accepted", () => {
  for (let made = 0; made < 1000; made++) {
    const token = randomBytes(24).toString("base64");
    expect(readConfig({ ADMIN_TOKEN: token }).adminToken).toBe(token);
  }
});
