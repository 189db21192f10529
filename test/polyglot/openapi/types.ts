import type { components, operations } from "./streakd.ts";

// Never run: a compiler checks that the types that openapi-typescript makes say what a body holds.

/** What a request or a response holds, by media type. */
type ContentOf<Part> = Part extends { content: infer Content } ? NonNullable<Content> : never;

/** What the request and the responses of an operation hold, by media type. */
type ContentOfOperation<Name extends keyof operations> =
  | ContentOf<operations[Name]["requestBody"]>
  | ContentOf<operations[Name]["responses"][keyof operations[Name]["responses"]]>;

type AnyContent = { [Name in keyof operations]: ContentOfOperation<Name> }[keyof operations];

type KeysOfEach<Type> = Type extends unknown ? keyof Type : never;
type ValuesOfEach<Type> = Type extends unknown ? Type[keyof Type] : never;

/** Those of several types that say nothing: `unknown`, `any` and `{}`. */
type Vague<Type> = unknown extends Type
  ? "unknown"
  : Type extends unknown
    ? [keyof Type] extends [never]
      ? Type
      : never
    : never;

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Schemas = components["schemas"];

export const onlyJson: Equal<KeysOfEach<AnyContent>, "application/json"> = true;
export const nothingVague: Equal<Vague<ValuesOfEach<AnyContent>>, never> = true;
export const oneError: Equal<keyof Schemas & `Error${string}`, "Error" | "ErrorCode"> = true;
export const codesAreListed: Equal<
  Extract<Schemas["ErrorCode"], "NOT_FOUND" | "OVERLOADED">,
  "NOT_FOUND" | "OVERLOADED"
> = true;

export const event: Schemas["RecordEventRequest"] = { siteKey: "p", userHash: "u", event: "like", tz: null };
// @ts-expect-error: the event is missing
export const withoutEvent: Schemas["RecordEventRequest"] = { siteKey: "p", userHash: "u" };
// @ts-expect-error: there is no such type of event
export const wrongType: Schemas["RecordEventRequest"] = { siteKey: "p", userHash: "u", event: "e", eventType: "x" };

/** Everything that a state always has can be read without asking whether it is there. */
export function summary({ meta, streak, settings, week }: Schemas["GetStateResponse"]): string {
  return [meta.isLive, streak.mode, streak.current, settings.theme.name, week[0]?.isoDate].join(" ");
}
