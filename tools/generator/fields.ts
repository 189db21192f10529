import { type DescField, ScalarType } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";

/** The kinds of values that REST tells apart. A list has the kind of its entries. */
export type Kind =
  | "string"
  | "bool"
  | "int"
  | "number"
  | "enum"
  | "message"
  | "timestamp"
  | "struct"
  | "mask"
  | "other";

const WELL_KNOWN: Record<string, Kind> = {
  "google.protobuf.Timestamp": "timestamp",
  "google.protobuf.Struct": "struct",
  "google.protobuf.FieldMask": "mask",
};

const SCALARS = new Map<ScalarType | undefined, Kind>([
  [ScalarType.STRING, "string"],
  [ScalarType.BOOL, "bool"],
  [ScalarType.INT32, "int"],
  [ScalarType.SINT32, "int"],
  [ScalarType.SFIXED32, "int"],
  [ScalarType.DOUBLE, "number"],
]);

/** The kind of value that a field holds. */
export function kindOf(field: DescField): Kind {
  if (field.oneof !== undefined || field.fieldKind === "map") {
    return "other";
  }
  if (field.enum !== undefined) {
    return "enum";
  }
  if (field.message !== undefined) {
    return WELL_KNOWN[field.message.typeName] ?? (field.message.typeName.startsWith("google.") ? "other" : "message");
  }
  return SCALARS.get(field.scalar) ?? "other";
}

/** Whether a field can be absent, as distinct from having its default. */
export function isOptional(field: DescField): boolean {
  return (
    field.fieldKind !== "list" && field.fieldKind !== "map" && field.presence !== FeatureSet_FieldPresence.IMPLICIT
  );
}
