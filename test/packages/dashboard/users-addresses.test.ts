import fc from "fast-check";
import { expect, test } from "vitest";
import { paths, routeOf } from "../../../packages/dashboard/src/routes.ts";

/** Reads an address as a browser does, which takes steps out of its path. */
function pathnameOf(address: string): string {
  return new URL(address, "http://localhost").pathname;
}

function nameAfter(userHash: string): string | undefined {
  const route = routeOf(pathnameOf(paths.user("my_app", userHash)));
  return route?.page === "users" ? route.userHash : undefined;
}

test.each([
  ".",
  "..",
  "...",
  "~",
  "~.",
  "~~",
  "/",
  "a/b",
  "%2F",
  "%2E%2E",
  "a?b#c",
  "a|b",
  " ",
  "🦊",
  "<b>",
  "__proto__",
])("the address of the user %j leads to this user", (name) => {
  expect(nameAfter(name)).toBe(name);
});

test("the address of every user leads to this user", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 256 }), (name) => {
      expect(nameAfter(name)).toBe(name);
    }),
  );
});
