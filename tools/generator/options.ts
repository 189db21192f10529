import {
  createRegistry,
  type DescEnumValue,
  type DescField,
  type DescMethod,
  getOption,
  hasOption,
} from "@bufbuild/protobuf";
import type { Schema } from "@bufbuild/protoplugin";
import type { HttpRule } from "../../gen/google/api/http_pb.ts";
import type { Access as AccessOption, Errors, FieldRule, Limits } from "../../gen/streak/options/v1/options_pb.ts";
import type { Access, MethodContract } from "../../src/call/contract.ts";
import { OWN_CODES } from "./error-codes.ts";
import { type FieldPath, fieldPath } from "./field-path.ts";
import { FORMATS, type StringFormat } from "./formats.ts";

/** The most bytes of a request message when the option `limits` gives no number. */
const DEFAULT_MAX_MESSAGE_BYTES = 262_144;

/** Words that are joined by colons, such as `project:manage`. */
const SCOPE = /^[a-z][a-z_]*(:[a-z][a-z_]*)*$/;

/** Reads the contract's own options and `google.api.http`. */
export interface Options {
  /** The rule of a field; empty when it has none. */
  readonly rule: (field: DescField) => Partial<FieldRule>;
  /** How REST spells an enum value; empty when REST has no spelling for it. */
  readonly spelling: (value: DescEnumValue) => string;
  /** What the string of a field is, beyond its rule's other parts. */
  readonly format: (field: DescField) => StringFormat;
  /** Who may call the method. Throws when the option `access` is missing or contradicts itself. */
  readonly access: (method: DescMethod) => Access;
  /** The field of the request that names the project; undefined when the method has none. */
  readonly siteKey: (method: DescMethod) => FieldPath | undefined;
  /** How large a request message may be, and whether the default deadline holds. */
  readonly limits: (method: DescMethod) => Pick<MethodContract, "maxMessageBytes" | "hasDefaultDeadline">;
  /** The codes of the errors that are the method's own. Throws when the option `errors` is missing or names another. */
  readonly errors: (method: DescMethod) => readonly string[];
  /** The HTTP status of a success. */
  readonly successStatus: (method: DescMethod) => number;
  /** The method's HTTP rules: its own and the additional ones. */
  readonly httpRules: (method: DescMethod) => readonly HttpRule[];
}

/**
 * Reads the options through the descriptors that buf passes in. This module imports only types from `gen/`, so that the
 * generator runs when `gen/` is empty.
 */
export function readOptions(schema: Schema): Options {
  const registry = createRegistry(...schema.allFiles);
  const option = <T>(desc: DescField | DescEnumValue | DescMethod, name: string, otherwise: T): T => {
    const extension = registry.getExtension(name);
    return extension === undefined || !hasOption(desc as never, extension)
      ? otherwise
      : (getOption(desc as never, extension) as T);
  };
  const rule = (field: DescField) => option<Partial<FieldRule>>(field, "streak.options.v1.rule", {});
  const access = (method: DescMethod) => option<Partial<AccessOption>>(method, "streak.options.v1.access", {});
  const formats = registry.getEnum("streak.options.v1.Format");
  return {
    rule,
    format: (field) => FORMATS[formats?.value[rule(field).format ?? 0]?.name ?? ""] ?? {},
    spelling: (value) => option(value, "streak.options.v1.spelling", ""),
    access: (method) => accessOf(method, access(method)),
    siteKey: (method) => siteKeyOf(method, access(method)),
    limits: (method) => {
      const limits = option<Partial<Limits>>(method, "streak.options.v1.limits", {});
      return {
        maxMessageBytes: limits.maxMessageBytes || DEFAULT_MAX_MESSAGE_BYTES,
        hasDefaultDeadline: method.methodKind === "unary" && !limits.noDefaultDeadline,
      };
    },
    errors: (method) => errorsOf(method, option<Errors | undefined>(method, "streak.options.v1.errors", undefined)),
    successStatus: (method) => option(method, "streak.options.v1.success_status", 0) || 200,
    httpRules: (method) => {
      const rule = option<HttpRule | undefined>(method, "google.api.http", undefined);
      return rule === undefined || rule.pattern.case === undefined ? [] : [rule, ...rule.additionalBindings];
    },
  };
}

function accessOf(
  method: DescMethod,
  { anyone, scope, siteKey, allProjects, byHandler, ownSession }: Partial<AccessOption>,
): Access {
  if ([anyone, scope, ownSession].filter(Boolean).length > 1) {
    throw new Error(`${method}: the option access must have only one of anyone, scope and own_session`);
  }
  if (anyone) {
    return "anyone";
  }
  if (ownSession) {
    return "own session";
  }
  if (!scope) {
    const examples = ["{anyone: true}", '{scope: "project:manage" site_key: "site_key"}'];
    throw new Error(
      `${method}: who may call it? Write option (streak.options.v1.access) = ${examples.join("; or = ")};`,
    );
  }
  if (!SCOPE.test(scope)) {
    throw new Error(`${method}: the scope ${JSON.stringify(scope)} must match ${SCOPE.source}`);
  }
  if ([siteKey, allProjects, byHandler].filter(Boolean).length !== 1) {
    throw new Error(
      `${method}: what does a project's token reach? The option access must have one of site_key, all_projects and by_handler`,
    );
  }
  return { scope, allProjects: allProjects ?? false, ...(byHandler && { byHandler }) };
}

function siteKeyOf(method: DescMethod, { siteKey }: Partial<AccessOption>): FieldPath | undefined {
  if (!siteKey) {
    return undefined;
  }
  return fieldPath(method.input, siteKey, `${method}: the option access`);
}

function errorsOf(method: DescMethod, errors: Errors | undefined): readonly string[] {
  if (errors === undefined) {
    throw new Error(
      `${method}: which errors has it of its own? Write option (streak.options.v1.errors) = {}; ` +
        `or = {codes: [${OWN_CODES.map((code) => JSON.stringify(code)).join(", ")}]}; with those that it has`,
    );
  }
  const wrong = errors.codes.find((code) => !OWN_CODES.includes(code));
  if (wrong !== undefined) {
    throw new Error(`${method}: a method can't have ${wrong} of its own, only ${OWN_CODES.join(", ")}`);
  }
  return errors.codes;
}
