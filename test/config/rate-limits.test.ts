import { expect, test } from "vitest";
import { readConfig } from "#src/config/config.ts";

test.each([
  ["50", { requestsPerSecond: 50, burst: 50 }],
  ["50:100", { requestsPerSecond: 50, burst: 100 }],
  ["100:1", { requestsPerSecond: 100, burst: 1 }],
  ["1000000", { requestsPerSecond: 1_000_000, burst: 1_000_000 }],
])("%s is a rate", (rate, limit) => {
  const { rateLimits } = readConfig({ RATE_LIMIT: rate, RATE_LIMIT_PER_ADDRESS: rate, RATE_LIMIT_ADMIN: rate });
  expect(rateLimits).toMatchObject({ perProject: limit, perAddress: limit, admin: limit });
});

test.each(["0", "x", "50:", ":50", "50:0", "1000001", "-1", "1.5", "50 100", "50:100:200"])("%s is no rate", (rate) => {
  for (const name of ["RATE_LIMIT", "RATE_LIMIT_PER_ADDRESS", "RATE_LIMIT_ADMIN"]) {
    expect(() => readConfig({ [name]: rate })).toThrow(
      `${name} must be requests a second, such as 50, or with a burst such as 50:100, each from 1 to 1000000, not "${rate}"`,
    );
  }
});

test("nothing is limited, and no proxy trusted, unless a setting says so", () => {
  expect(readConfig({}).rateLimits).toEqual({
    perProject: undefined,
    perAddress: undefined,
    admin: undefined,
    trustedProxies: undefined,
  });
});

test("the proxies are a list", () => {
  const { rateLimits, shown } = readConfig({ TRUSTED_PROXIES: "10.0.0.0/8, FD00::/8,unix" });
  expect(rateLimits.trustedProxies).toEqual(["10.0.0.0/8", "fd00::/8", "unix"]);
  expect(shown.TRUSTED_PROXIES).toBe("10.0.0.0/8, FD00::/8,unix");
  expect(() => readConfig({ TRUSTED_PROXIES: "10.0.0.0/8,proxy.example" })).toThrow(/"proxy.example" is none/);
});
