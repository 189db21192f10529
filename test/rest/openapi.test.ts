import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type DescService, getOption } from "@bufbuild/protobuf";
import { protoCamelCase } from "@bufbuild/protobuf/reflect";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { http } from "#gen/google/api/annotations_pb.ts";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { AmnestyService } from "#gen/streak/v1/amnesty_service_pb.ts";
import { AnalyticsService } from "#gen/streak/v1/analytics_service_pb.ts";
import { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import { RulesService } from "#gen/streak/v1/rules_service_pb.ts";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { parseAllowedOrigin } from "#src/domain/origins.ts";
import { isZone } from "#src/domain/zone.ts";
import { errorCatalogue } from "#src/error-catalogue.ts";

const document = JSON.parse(await readFile(join(import.meta.dirname, "../../gen/openapi.json"), "utf8"));
const { schemas, responses } = document.components;

// biome-ignore lint/suspicious/noExplicitAny: tests look into it freely, and fail where it is not what they expect
const operations: any[] = Object.values(document.paths).flatMap((item) => Object.values(item as object));

test.each([StreakService as DescService, AdminService, AnalyticsService, RulesService, LedgerService, AmnestyService])(
  "every REST rpc of $typeName is in the OpenAPI document",
  (service) => {
    for (const method of service.methods) {
      const { pattern } = getOption(method, http);
      const path = String(pattern.value).replace(/\{(?:\w+\.)?(\w+)\}/g, (_, name) => `{${protoCamelCase(name)}}`);
      expect(document.paths[path]?.[String(pattern.case)]?.operationId, `${pattern.case} ${path}`).toBe(
        method.localName,
      );
    }
  },
);

test("every body is JSON with a schema of its own", () => {
  const bodies = operations.flatMap((operation) => [operation.requestBody, ...Object.values(operation.responses)]);
  const contents = bodies.map((body) => (body?.$ref ? undefined : body?.content)).filter(Boolean);
  expect(contents.length).toBeGreaterThan(8);
  for (const content of contents) {
    expect(Object.keys(content)).toEqual(["application/json"]);
    expect(content["application/json"].schema).toEqual({ $ref: expect.stringMatching(/^#.components.schemas/) });
  }
});

test("there is one schema of errors, which has every code of the catalogue", () => {
  expect(schemas.Error.required).toEqual(["error", "message"]);
  expect(schemas.Error.properties.error.$ref).toBe("#/components/schemas/ErrorCode");
  expect(schemas.ErrorCode.enum).toEqual(Object.keys(errorCatalogue));
  for (const response of Object.values(responses)) {
    expect(response).toMatchObject({
      content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
    });
  }
});

describe("an error's answer says which codes it can have", () => {
  test.each([
    ["recordEvent", 400, "`INVALID_BODY`, `INVALID_SITE_KEY`, `INVALID_WIDGET_KIND`"],
    ["recordEvent", 403, "`FORBIDDEN_ORIGIN`, `TOKEN_FOR_OTHER_USER`"],
    ["createProject", 409, "`ALREADY_EXISTS`"],
    ["deleteProject", 404, "`NOT_FOUND`"],
  ])("%s with %s", (name, status, codes) => {
    const { description } = operations.find(({ operationId }) => operationId === name).responses[status];
    expect(description).toMatch(new RegExp(`: ${codes}\\.$`));
  });
});

test("an answer that tells to wait has the header that says how long", () => {
  expect(responses.ServiceUnavailable.headers["Retry-After"]).toMatchObject({ required: true });
});

test("requests carry their rules, and answers what is always in them", () => {
  const { RecordEventRequest, GetStateResponse, Streak, Project, Widget } = schemas;
  expect(RecordEventRequest.required).toEqual(["siteKey", "userHash", "event"]);
  expect(RecordEventRequest.properties.userHash).toMatchObject({ type: "string", minLength: 1, maxLength: 256 });
  expect(RecordEventRequest.properties.tz).toMatchObject({ type: ["string", "null"], minLength: 1, maxLength: 64 });
  expect(RecordEventRequest.properties.ts).toMatchObject({ format: "date-time", examples: [expect.any(String)] });
  expect(GetStateResponse.required).toEqual(["meta", "streak", "week", "milestones", "settings"]);
  expect(Streak.required).toEqual(["mode", "current", "best", "todayDone", "pending"]);
  // A project without a limit of its own, or without a plan, has none in its answer.
  expect([...Project.required, "rateLimit", "plan"].toSorted()).toEqual(Object.keys(Project.properties).toSorted());
  // A widget that never had rules has none in its answer.
  expect([...Widget.required, "rules", "rulesFrom"].toSorted()).toEqual(Object.keys(Widget.properties).toSorted());
});

test("no format is one that a validator would not know", () => {
  const formats = [...JSON.stringify(document).matchAll(/"format":"([^"]+)"/g)].map(([, format]) => format);
  expect([...new Set(formats)].toSorted()).toEqual(["date", "date-time", "double", "int32"]);
});

test("a change, every object in it, and a call that can be tried have no fields but those that are described", () => {
  const closed = Object.keys(schemas).filter((name) => schemas[name].additionalProperties === false);
  const ofProjects = [
    "AnalyticsSettings",
    "Milestone",
    "Plan",
    "Project",
    "RateLimit",
    "Theme",
    "Widget",
    "WidgetSettings",
  ];
  const ofRules = ["Cadence", "DaysOff", "FreezeRules", "HolidayList", "RepairRules", "Rules", "RulesVersion"];
  const changes = [...ofProjects, ...ofRules].map((name) => `${name}Change`);
  const tried = Object.keys(schemas).filter((name) => schemas[name].properties?.validateOnly !== undefined);
  expect(tried).toContain("CorrectZoneRequest");
  expect(closed).toEqual([...changes, ...tried].toSorted());
  expect(schemas.ProjectChange.properties.widgets.items.$ref).toBe("#/components/schemas/WidgetChange");
});

test("an older name of a field is told in prose, so that a new client does not use it", () => {
  const { properties } = schemas.RecordEventRequest;
  expect(properties).not.toHaveProperty("kind");
  expect(properties.event.description).toContain("`kind`");
  const parameters = document.paths["/v1/state"].get.parameters.map(({ name }: { name: string }) => name);
  expect(parameters).toEqual(["siteKey", "userHash", "event", "tz", "asOf", "X-User-Token"]);
});

describe("a pattern that only code can check in full matches all that the code accepts", () => {
  const matches = ({ pattern, maxLength }: { pattern: string; maxLength: number }, text: string) =>
    new RegExp(pattern, "u").test(text) && text.length <= maxLength;

  test("zones", () => {
    const { tz } = schemas.RecordEventRequest.properties;
    const zones = [...Intl.supportedValuesOf("timeZone"), "UTC", "Etc/GMT+12", "EST5EDT", "america/new_york"];
    expect(zones.filter((zone) => !isZone(zone) || !matches(tz, zone))).toEqual([]);
    expect(matches(tz, "")).toBe(false);
    expect(matches(tz, "+05:30")).toBe(false);
    expect(matches(schemas.ProjectInput.properties.timeZone, "")).toBe(true);
  });

  test("allowed origins", () => {
    const { items } = schemas.ProjectInput.properties.allowedOrigins;
    const part = fc.constantFrom(
      "https://",
      "*.",
      "a.example",
      "bücher",
      "म.test",
      "[::1]",
      ":8080",
      ".",
      "-",
      "_",
      "/",
    );
    const entry = fc.oneof(
      fc.array(part, { maxLength: 5 }).map((parts) => parts.join("")),
      fc.string(),
      fc.domain(),
    );
    fc.assert(
      fc.property(entry, (text) => {
        expect(parseAllowedOrigin(text) === undefined || matches(items, text)).toBe(true);
      }),
      { numRuns: 5000 },
    );
    for (const wrong of [
      "",
      "*",
      "https://a.example/",
      "a.example:80",
      "a b",
      "https://u@a.example",
      "https://*.a.example",
    ]) {
      expect(matches(items, wrong), wrong).toBe(false);
    }
    expect(items.examples.every((example: string) => parseAllowedOrigin(example) !== undefined)).toBe(true);
  });
});

test("both ways to send a token are shown where a method needs a scope, with the scope", () => {
  expect(document.components.securitySchemes).toMatchObject({
    AdminToken: { type: "apiKey", in: "header", name: "X-Admin-Token" },
    BearerToken: { type: "http", scheme: "bearer" },
  });
  const either = (scope: string) => [{ AdminToken: [scope] }, { BearerToken: [scope] }];
  const security = (path: string, verb: string) => document.paths[path][verb].security;
  expect(security("/v1/e", "post")).toEqual([]);
  expect(security("/v1/state", "get")).toEqual([]);
  expect(security("/admin/alias", "post")).toEqual(either("users:manage"));
  expect(security("/admin/projects/{siteKey}", "delete")).toEqual(either("everything"));
});

test("a user token is shown where a project may ask for one, as a header that may be left out", () => {
  for (const { operationId, security, parameters = [] } of operations.filter(({ security }) => security.length === 0)) {
    const headers = parameters.filter((parameter: { in: string }) => parameter.in === "header");
    const expected = { name: "X-User-Token", in: "header", required: false };
    expect(headers).toEqual(operationId === "aliasWithToken" ? [] : [expect.objectContaining(expected)]);
    expect(security).toEqual([]);
  }
});

test("all references lead somewhere", () => {
  for (const [, path] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const target = path?.split("/").reduce((at, key) => at?.[key], document);
    expect(target, path).toBeDefined();
  }
});
