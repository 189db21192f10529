import fc from "fast-check";

/** How the fixture's JSON calls the field `odd`. */
const ODD_NAME = `\`\${odd}\`\\`;

/** A field's value in a message, and in the JSON of it: `undefined` in either is "not there". */
interface Value {
  readonly value: unknown;
  readonly json: unknown;
}

const same = (value: unknown): Value => ({ value, json: value });
const anyText = fc
  .oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "binary" }),
    // Halves of surrogate pairs, quotes, backslashes, controls, and what only some take for special.
    fc
      .array(fc.constantFrom("\ud800", "\udc00", '"', "\\", "\n", "\0", "\u007f", "\u2028", "`", "é"))
      .map((all) => all.join("")),
  )
  .map(same);
const anyInt = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map(same);
const anyBool = fc.boolean().map(same);
const anyGenre = fc.constantFrom<Value>(
  { value: 0, json: undefined },
  { value: 1, json: "crime" },
  { value: 2, json: "poems" },
);
const anyMoment = fc
  .tuple(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), fc.integer({ min: 0, max: 999_999_999 }))
  .map(([seconds, nanos]) => ({
    value: { $typeName: "google.protobuf.Timestamp", seconds: BigInt(seconds), nanos },
    json: new Date(seconds * 1000 + Math.floor(nanos / 1_000_000)).toISOString(),
  }));
const anyObject = fc.dictionary(fc.string(), fc.jsonValue()).map(same);
const orAbsent = (value: fc.Arbitrary<Value>) => fc.option(value, { nil: same(undefined) });
const listOf = (entry: fc.Arbitrary<Value>) =>
  fc.array(entry, { maxLength: 4 }).map((all) => ({
    value: all.map(({ value }) => value),
    json: all.map(({ json }) => json).filter((json) => json !== undefined),
  }));
/** A message of these fields, each by the name that the message has for it and, where it is another, the JSON's. */
const messageOf = (fields: Record<string, fc.Arbitrary<Value>>, jsonNames: Record<string, string> = {}) =>
  fc.record(fields).map((record) => ({
    value: Object.fromEntries(Object.keys(fields).map((name) => [name, record[name]?.value])),
    json: Object.fromEntries(Object.keys(fields).map((name) => [jsonNames[name] ?? name, record[name]?.json])),
  }));

const anyStamp = messageOf({ by: orAbsent(anyText), genre: anyGenre, number: orAbsent(anyInt) });
/** Any card as a message, and the object whose JSON it is. */
export const anyCard = messageOf(
  {
    note: orAbsent(anyText),
    genre: anyGenre,
    lent: anyBool,
    pages: anyInt,
    odd: anyText,
    tags: listOf(anyText),
    years: listOf(anyInt),
    others: listOf(anyGenre),
    loans: listOf(anyMoment),
    printed: orAbsent(anyMoment),
    rare: orAbsent(anyBool),
    extra: orAbsent(anyObject),
    stamp: orAbsent(anyStamp),
    stamps: listOf(anyStamp),
    blank: orAbsent(messageOf({})),
  },
  { odd: ODD_NAME },
).map(({ value, json }) => ({ card: value, json }));

/** The same message with all that is in it, frozen. */
export function frozen(value: unknown): unknown {
  for (const inner of typeof value === "object" && value !== null ? Object.values(value) : []) {
    frozen(inner);
  }
  return Object.freeze(value);
}
