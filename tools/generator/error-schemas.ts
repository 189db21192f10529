import { STATUS_CODES } from "node:http";
import { type ErrorCode, errorCatalogue } from "../../src/error-catalogue.ts";
import { codesByStatus, errorStatuses, type Failing } from "./error-codes.ts";
import type { Schema } from "./schemas.ts";

/** The schema of every error, and of its code. No message may have the name of one. */
export const errorSchemas: Readonly<Record<string, Schema>> = {
  Error: {
    type: "object",
    description: "Why a call failed.",
    properties: {
      error: { $ref: "#/components/schemas/ErrorCode", description: "What went wrong, for programs." },
      message: {
        type: "string",
        description: "What is wrong and how to correct it, for people.",
        examples: ['No project has the siteKey "proj_dem". Check it, or create the project.'],
      },
      field: {
        type: "string",
        description: "The field of the body, or the parameter, that is to blame. It is there only when one is.",
        examples: ["widgets[0].mode"],
      },
    },
    required: ["error", "message"],
  },
  ErrorCode: {
    type: "string",
    description: [
      "What went wrong. A code never changes its meaning. A later version may have more codes.",
      ...Object.entries(errorCatalogue).map(([code, { meaning, remedy }]) => `- \`${code}\`: ${meaning} ${remedy}`),
    ].join("\n"),
    enum: Object.keys(errorCatalogue),
  },
};

/** The responses of errors that operations refer to, by name. */
export function errorComponents(): Schema {
  return Object.fromEntries(errorStatuses().map(([status, [code]]) => [nameOf(status), errorResponse(status, code)]));
}

/** The error responses of an operation, by status. Each says which codes the operation has for it. */
export function errorResponses(failing: Failing): Schema {
  return Object.fromEntries(
    codesByStatus(failing).map(([status, codes]) => [
      status,
      { $ref: `#/components/responses/${nameOf(status)}`, description: describe(status, codes) },
    ]),
  );
}

/** The statuses whose errors say when to try again. */
const RETRIED: readonly number[] = [errorCatalogue.RATE_LIMITED.http, errorCatalogue.OVERLOADED.http];

function errorResponse(status: number, code: ErrorCode = "INTERNAL"): Schema {
  const example = { error: code, message: errorCatalogue[code].meaning };
  const retryAfter = {
    description: "How many seconds to wait before trying again.",
    required: status === errorCatalogue.OVERLOADED.http,
    schema: { type: "integer", minimum: 0 },
  };
  return {
    description: `${STATUS_CODES[status]}.`,
    ...(RETRIED.includes(status) ? { headers: { "Retry-After": retryAfter } } : {}),
    content: { "application/json": { schema: { $ref: "#/components/schemas/Error" }, example } },
  };
}

function describe(status: number, codes: readonly ErrorCode[]): string {
  return `${STATUS_CODES[status]}: ${codes.map((code) => `\`${code}\``).join(", ")}.`;
}

/** A status as the name of a response, such as `NotFound`. */
function nameOf(status: number): string {
  return (STATUS_CODES[status] ?? `Status ${status}`).replaceAll(/[^A-Za-z0-9]/g, "");
}
