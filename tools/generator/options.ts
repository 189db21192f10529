import {
  createRegistry,
  type DescEnumValue,
  type DescField,
  type DescMethod,
  type DescService,
  getOption,
} from "@bufbuild/protobuf";
import type { Schema } from "@bufbuild/protoplugin";
import type { HttpRule } from "../../gen/google/api/http_pb.ts";
import type { FieldRule } from "../../gen/streak/options/v1/options_pb.ts";

/** What the contract's own options and `google.api.http` say. */
export interface Options {
  readonly rule: (field: DescField) => Partial<FieldRule>;
  /** How REST spells an enum value; empty when it does not. */
  readonly spelling: (value: DescEnumValue) => string;
  readonly isAdmin: (service: DescService) => boolean;
  /** The HTTP status of a success. */
  readonly successStatus: (method: DescMethod) => number;
  /** The method's HTTP rules: its own and the additional ones. */
  readonly httpRules: (method: DescMethod) => readonly HttpRule[];
}

/**
 * Reads the options through the descriptors that buf hands in, and imports nothing but types from `gen/`: buf empties
 * that folder before this plugin runs, so what it imports from there would not be there.
 */
export function readOptions(schema: Schema): Options {
  const registry = createRegistry(...schema.allFiles);
  const option = <T>(desc: DescField | DescEnumValue | DescService | DescMethod, name: string, otherwise: T): T => {
    const extension = registry.getExtension(name);
    return extension === undefined ? otherwise : (getOption(desc as never, extension) as T);
  };
  return {
    rule: (field) => option<Partial<FieldRule>>(field, "streak.options.v1.rule", {}),
    spelling: (value) => option(value, "streak.options.v1.spelling", ""),
    isAdmin: (service) => option(service, "streak.options.v1.admin", false),
    successStatus: (method) => option(method, "streak.options.v1.success_status", 0) || 200,
    httpRules: (method) => {
      const rule = option<HttpRule | undefined>(method, "google.api.http", undefined);
      return rule === undefined || rule.pattern.case === undefined ? [] : [rule, ...rule.additionalBindings];
    },
  };
}
