import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type DescService, getOption } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { http } from "#gen/google/api/annotations_pb.ts";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { errorCatalogue } from "#src/errors.ts";

const document = JSON.parse(await readFile(join(import.meta.dirname, "../../gen/openapi.json"), "utf8"));

test.each([StreakService as DescService, AdminService])(
  "every REST rpc of $typeName is in the OpenAPI document",
  (service) => {
    for (const method of service.methods) {
      const { pattern } = getOption(method, http);
      const path = String(pattern.value).replace(/\{[^}]*site_key\}/, "{siteKey}");
      expect(document.paths[path]?.[String(pattern.case)]?.operationId, `${pattern.case} ${path}`).toBe(
        method.localName,
      );
    }
  },
);

test("every error that an operation can answer is documented by its code", () => {
  for (const [code, { http: status }] of Object.entries(errorCatalogue)) {
    const { schema } = document.components.responses[`Error${status}`].content["application/json"];
    expect(schema.properties.error.enum).toContain(code);
  }
  const { responses } = document.paths["/admin/alias"].post;
  expect(Object.keys(responses)).toEqual(expect.arrayContaining(["204", "400", "401", "405", "413", "500", "503"]));
});

test("requests carry their rules, and answers what is always in them", () => {
  const { RecordEventRequest, Streak, Project } = document.components.schemas;
  expect(RecordEventRequest.required).toEqual(["siteKey", "userHash"]);
  expect(RecordEventRequest.allOf).toMatchObject([{ anyOf: [{ required: ["event"] }, { required: ["kind"] }] }]);
  expect(RecordEventRequest.properties.userHash).toMatchObject({ type: "string", minLength: 1, maxLength: 256 });
  expect(RecordEventRequest.properties.kind).toMatchObject({ deprecated: true });
  expect(Streak.required).toEqual(["current", "best", "todayDone", "pending"]);
  expect(Project.required).toContain("widgets");
});

test("the admin token is shown where a method needs a scope, with the scope", () => {
  const security = (path: string, verb: string) => document.paths[path][verb].security;
  expect(security("/v1/e", "post")).toBeUndefined();
  expect(security("/v1/state", "get")).toBeUndefined();
  expect(security("/admin/alias", "post")).toEqual([{ AdminToken: ["users:manage"] }]);
  expect(security("/admin/projects/{siteKey}", "delete")).toEqual([{ AdminToken: ["projects:manage"] }]);
});

test("all references lead somewhere", () => {
  for (const [, path] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const target = path?.split("/").reduce((at, key) => at?.[key], document);
    expect(target, path).toBeDefined();
  }
});
