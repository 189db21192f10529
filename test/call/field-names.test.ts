import { expect, test } from "vitest";
import { CreateProjectRequestSchema } from "#gen/streak/v1/admin_service_pb.ts";
import { RecordEventRequestSchema } from "#gen/streak/v1/streak_service_pb.ts";
import { mapPath } from "#src/call/field-options.ts";
import { StreakdError } from "#src/errors.ts";
import { onlyKnown } from "#src/rest/decode.ts";

test("a path gets other names, and keeps its indexes and what is no field", () => {
  const named = (path: string) => mapPath(path, CreateProjectRequestSchema, ({ name }) => name);
  expect(named("project.widgets[10].settings.mainMessage")).toBe("project.widgets[10].settings.main_message");
  expect(named("project.siteKey.siteKey")).toBe("project.site_key.siteKey");
  expect(named("project.allowedOrigin")).toBe("project.allowedOrigin");
});

test("renaming is told in which object a field is", () => {
  const parents: string[][] = [];
  mapPath("project.widgets[1].event", CreateProjectRequestSchema, ({ name }, parent) => {
    parents.push([...parent]);
    return name;
  });
  expect(parents).toEqual([[], ["project"], ["project", "widgets", "1"]]);
});

test("a change may use the older name of a field, but no refusal suggests it", () => {
  const change = { siteKey: "p", kind: "visit" };
  expect(onlyKnown(change, RecordEventRequestSchema, "")).toBe(change);
  const refused = () => onlyKnown({ colour: "beige" }, RecordEventRequestSchema, "");
  expect(refused).toThrow("colour is not a field here; it may be any of siteKey, userHash, event, eventType,");
  expect(refused).not.toThrow("kind");
});

test("an error that is given another name for its field uses it where it means the field, and nowhere else", () => {
  const error = new StreakdError("INVALID_BODY", (at) => `No event has such an ${at}.`, { field: "event" });
  const renamed = error.within("event 2").withField("kind");
  expect([renamed.field, renamed.message]).toEqual(["kind", "event 2: No event has such an kind."]);
});
