import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, test } from "vitest";
import { lastUpTo } from "#src/store/name-order.ts";

const database = new DatabaseSync(":memory:");
const select = database.prepare("SELECT value FROM json_each(?) WHERE value <= ? ORDER BY value DESC LIMIT 1");
const sort = database.prepare("SELECT value FROM json_each(?) ORDER BY value");

test.each([
  ["é", ["", "a", "z", "é", "🦊"], "é"],
  ["b", ["", "a", "bb"], "a"],
  ["a", ["", "aa"], ""],
  ["aa", ["", "a"], "a"],
  ["", [""], ""],
  // In UTF-16 the fox comes before, in UTF-8 after.
  ["🦊", ["", "\uffee"], "\uffee"],
  ["\uffee", ["", "🦊"], ""],
])("up to %j of %j the last is %j", (name, names, last) => {
  expect(names[lastUpTo(names, name)]).toBe(last);
});

test("the last of any names up to any other is the one that SQLite finds", () => {
  // Few letters, so that names begin alike: of one byte, two, three, and four.
  const letter = fc.constantFrom("a", "b", "~", "\u0080", "é", "\ud7ff", "\ue000", "\uffff", "🦊", "\u{10ffff}");
  const name = fc.string({
    unit: fc.oneof(letter, fc.string({ unit: "binary", minLength: 1, maxLength: 1 })),
    maxLength: 5,
  });
  fc.assert(
    fc.property(fc.array(name), name, (names, sought) => {
      const sorted = sort.all(JSON.stringify(["", ...names])).map(({ value }) => `${value}`);
      expect(sorted[lastUpTo(sorted, sought)]).toBe(select.get(JSON.stringify(sorted), sought)?.value);
    }),
  );
});
