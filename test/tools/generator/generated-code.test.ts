import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MAX_BODY_BYTES } from "#src/http/body.ts";
import { type GeneratedFixture, generateFixture } from "../../rest/fixture/generate.ts";
import { anyCard, frozen } from "./cards.ts";

let fixture: GeneratedFixture;

beforeAll(async () => {
  fixture = await generateFixture();
}, 60_000);

afterAll(() => fixture.remove());

test("the table of contracts says what the options say, with or without a route", () => {
  const table = fixture.contracts.map(({ method, check, ...rest }) => [method.localName, rest]);
  const byDefault = { access: "anyone", maxMessageBytes: MAX_BODY_BYTES, hasDefaultDeadline: true };
  expect(table).toEqual([
    ["findBooks", byDefault],
    ["putBook", { ...byDefault, maxMessageBytes: 1_048_576 }],
    ["readCard", byDefault],
    ["stampCard", byDefault],
    ["countBooks", { ...byDefault, hasDefaultDeadline: false }],
    [
      "importBooks",
      { access: { scope: "books:import", allProjects: true }, maxMessageBytes: 1024, hasDefaultDeadline: false },
    ],
    ["exportBooks", { ...byDefault, hasDefaultDeadline: false }],
    ["lendBooks", { ...byDefault, hasDefaultDeadline: false }],
  ]);
});

test("a method's check refuses a message that breaks a rule", () => {
  const { check } = contractOf("lendBooks");
  const request = { $typeName: "fixture.v1.LendBooksRequest" as const, title: "Emma" };
  expect(check(request)).toBeUndefined();
  expect(() => check({ ...request, title: "" } as typeof request)).toThrow("title is required");
});

test("the route of an upload decodes each line, and takes the path's fields for each", () => {
  const route = routeOf("importBooks");
  expect(route).toMatchObject({ verb: "POST", segments: ["shelves", null, "books"], status: 201, hasBody: true });
  expect(route.method).toBe(fixture.service.method.importBooks);
  const messages = ["Emma", "Persuasion"].map((title) => {
    const message = route.decode({ title, genres: ["crime"] }, new Map());
    route.bind?.(message, ["a"]);
    return message;
  });
  expect(messages).toMatchObject([
    { book: { shelf: "a", title: "Emma", genres: [1] } },
    { book: { shelf: "a", title: "Persuasion" } },
  ]);
  expect(() => route.decode("Emma", new Map())).toThrow(expect.objectContaining({ code: "INVALID_BODY" }));
});

test("the route of a custom verb has it apart from the path's segments", () => {
  expect(routeOf("stampCard")).toMatchObject({ verb: "POST", segments: ["cards", null], action: "stamp" });
  expect(routeOf("readCard")).not.toHaveProperty("action");
});

test("the route of a download encodes each message", () => {
  const route = routeOf("exportBooks");
  expect(route).toMatchObject({ verb: "GET", status: 200, hasBody: false });
  expect(route.decode(undefined, new Map([["count", ["2"]]]))).toMatchObject({ count: 2 });
  const book = { $typeName: "fixture.v1.Book", shelf: "a", title: "Emma", genres: [] };
  const message = { $typeName: "fixture.v1.ExportBooksResponse", book };
  expect(route.encode(message)).toBe('{"shelf":"a","title":"Emma","genres":[]}');
});

test("the OpenAPI document describes every route", () => {
  const document = fixture.openApi;
  expect(Object.keys(document.paths)).toEqual([
    "/shelves/{shelf}/books",
    "/books",
    "/shelves/{shelf}/books/{title}",
    "/cards/{title}",
    "/cards/{title}:stamp",
    "/shelves/{shelf}/export",
    "/loans",
  ]);
  expect(document.paths["/books"].get).toMatchObject({
    operationId: "findBooks2",
    summary: "Find books",
    description: "On one shelf, or on all.",
  });
  expect(document.paths["/cards/{title}"].get).not.toHaveProperty("description");
  expect(document.paths["/books"].get.parameters.map(({ name }: { name: string }) => name)).toEqual([
    "shelf",
    "genres",
    "filter.pages",
    "filter.printedAfter",
    "filter.zone",
    "lent",
    "fields",
  ]);
  expect(document.components.schemas.BookInput.properties).not.toHaveProperty("acquired");
  expect(document.components.schemas.Book.properties.acquired).toMatchObject({ readOnly: true, format: "date-time" });
});

test("the OpenAPI document has no field in a body that the path sets", () => {
  expect(Object.keys(fixture.openApi.components.schemas.StampCardRequest.properties)).toEqual(["by"]);
});

test("the OpenAPI document shows streams as lines, and how a stream that fails ends", () => {
  const { paths } = fixture.openApi;
  const line = (name: string) => ({ "application/x-ndjson": { schema: { $ref: `#/components/schemas/${name}` } } });
  const upload = paths["/shelves/{shelf}/books"].post;
  expect(upload.requestBody.content).toEqual(line("BookInput"));
  expect(upload.requestBody.description).toContain("at most 1024 bytes");
  expect(Object.keys(upload.responses[201].content)).toEqual(["application/json"]);

  const download = paths["/shelves/{shelf}/export"].get.responses[200];
  expect(download.content).toEqual(line("Book"));
  expect(download.description).toContain('the last line is `{"error":…,"message":…}`');

  const both = paths["/loans"].post;
  expect(both.requestBody.content).toEqual(line("LendBooksRequest"));
  expect(both.responses[200].content).toEqual(line("LendBooksResponse"));
});

test("the OpenAPI document names the scope of a method that needs one", () => {
  const { paths } = fixture.openApi;
  expect(paths["/shelves/{shelf}/books"].post.security).toEqual([
    { AdminToken: ["books:import"] },
    { BearerToken: ["books:import"] },
  ]);
  expect(paths["/shelves/{shelf}/books"].get.security).toEqual([]);
});

test("an answer's text is what JSON.stringify makes of an equal object, whatever is in it or left out", () => {
  const { encodeCard } = fixture.libraryRest;
  fc.assert(
    fc.property(anyCard, ({ card, json }) => {
      expect(encodeCard(card)).toBe(JSON.stringify(json));
      const shared = frozen(card);
      expect([encodeCard(shared), encodeCard(shared)]).toEqual([JSON.stringify(json), JSON.stringify(json)]);
    }),
    { numRuns: 1000 },
  );
});

test("a part that can still change is written anew in each answer, and one that can't only once", () => {
  const { encodeCard } = fixture.libraryRest;
  const stamp = { genre: 0, number: 1 };
  const card = { odd: "", tags: [], years: [], others: [], loans: [], stamps: [stamp], stamp };
  expect(encodeCard(card)).toContain('"stamp":{"number":1},"stamps":[{"number":1}]');
  stamp.number = 2;
  expect(encodeCard(card)).toContain('"stamp":{"number":2},"stamps":[{"number":2}]');

  let reads = 0;
  const read = {
    genre: 0,
    get number() {
      return ++reads;
    },
  };
  Object.freeze(read);
  encodeCard({ ...card, stamp: read });
  reads = 0;
  expect(encodeCard({ ...card, stamp: read })).toContain('"stamp":{"number":2}');
  expect(reads).toBe(0);
});

function contractOf(name: string) {
  return fixture.contracts.find(({ method }) => method.localName === name) ?? expect.fail(`no method ${name}`);
}

function routeOf(name: string) {
  return fixture.routes.find(({ method }) => method.localName === name) ?? expect.fail(`no route for ${name}`);
}
