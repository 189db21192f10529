import type { DescMessage } from "@bufbuild/protobuf";
import { aliasOf, mapPath } from "../call/field-options.ts";
import { StreakdError } from "../errors.ts";
import type { Query, Route } from "./route.ts";

/** What a caller has written: the JSON body, if there is one, and the query. */
export interface Written {
  readonly body: unknown;
  readonly query: Query;
}

/**
 * Returns an error with its field named as the caller wrote it in JSON: by its path in the body (`widgets[0].mode`, where
 * the body is the request's field `project`), and by its older name if the caller used that one. Other errors are
 * returned as they are.
 *
 * @param written undefined when it is not known; then no older names are found
 */
export function asWritten(error: unknown, { method, bodyField }: Route, written?: Written): unknown {
  const path = error instanceof StreakdError ? error.field : undefined;
  if (!(error instanceof StreakdError) || path === undefined) {
    return error;
  }
  if (path === bodyField) {
    return error.withField(undefined, "The body");
  }
  const isInBody = bodyField !== undefined && path.startsWith(`${bodyField}.`);
  const desc = isInBody ? method.input.field[bodyField]?.message : method.input;
  const inBody = isInBody ? path.slice(bodyField.length + 1) : path;
  const field = written === undefined || desc === undefined ? inBody : withAliases(inBody, desc, written);
  return field === path ? error : error.withField(field);
}

/** Replaces the names in a path whose older name was written instead. */
function withAliases(path: string, root: DescMessage, { body, query }: Written): string {
  return mapPath(path, root, (field, parent) => {
    const alias = aliasOf(field);
    const object = parent.reduce(held, body);
    const isGiven = (key: string) => (held(object, key) ?? query.get([...parent, key].join("."))) != null;
    return alias !== undefined && isGiven(alias) && !isGiven(field.jsonName) ? alias : field.jsonName;
  });
}

function held(json: unknown, key: string): unknown {
  return typeof json === "object" && json !== null && Object.hasOwn(json, key)
    ? (json as Record<string, unknown>)[key]
    : undefined;
}
