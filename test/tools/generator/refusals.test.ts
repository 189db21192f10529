import { beforeAll, expect, test } from "vitest";
import { compile } from "./plugin.ts";

const ACCESS = "option (streak.options.v1.access) = {anyone: true};";
const ANYONE = `${ACCESS}option (streak.options.v1.errors) = {};`;
const POST = 'option (google.api.http) = {post: "/x" body: "*"};';
const GET = 'option (google.api.http) = {get: "/x"};';

/** An rpc with options, between two messages. */
interface Case {
  /** The types of request and response, when they are not `(Request)` and `(Response)`. */
  readonly types?: readonly [request: string, response: string];
  readonly options: string;
  /** The fields of `Request` and of `Response`. */
  readonly request?: string;
  readonly response?: string;
  /** More definitions beside these. */
  readonly more?: string;
  readonly refusal: string;
}

const CASES: Record<string, Case> = {
  "a method that does not say who may call it": {
    options: POST,
    refusal:
      "rpc PACKAGE.S.M: who may call it? Write option (streak.options.v1.access) = {anyone: true}; " +
      'or = {scope: "project:manage" site_key: "site_key"};',
  },
  "a method that does not say so and has no route": {
    options: "",
    refusal: "rpc PACKAGE.S.M: who may call it?",
  },
  "a method that only says who may not call it": {
    options: "option (streak.options.v1.access) = {anyone: false};",
    refusal: "rpc PACKAGE.S.M: who may call it?",
  },
  "a method that does not say which errors it has": {
    options: ACCESS + POST,
    refusal:
      "rpc PACKAGE.S.M: which errors has it of its own? Write option (streak.options.v1.errors) = {}; " +
      'or = {codes: ["INVALID_SITE_KEY", ',
  },
  "a method that does not say so, without a route": {
    options: ACCESS,
    refusal: "rpc PACKAGE.S.M: which errors has it of its own?",
  },
  "a method with an error that is in no catalogue": {
    options: `${ACCESS}option (streak.options.v1.errors) = {codes: ["NOT_FOUND", "LOST"]};`,
    refusal: "rpc PACKAGE.S.M: a method can't have LOST of its own, only INVALID_SITE_KEY, INVALID_WIDGET_KIND, ",
  },
  "a method that claims an error that every method has": {
    options: `${ACCESS}option (streak.options.v1.errors) = {codes: ["INVALID_BODY"]};`,
    refusal: "rpc PACKAGE.S.M: a method can't have INVALID_BODY of its own, only ",
  },
  "a method for anyone that needs a scope": {
    options: 'option (streak.options.v1.access) = {anyone: true scope: "books:lend"};',
    refusal: "rpc PACKAGE.S.M: the option access must have only one of anyone, scope and own_session",
  },
  "a scope with a space": {
    options: 'option (streak.options.v1.access) = {scope: "books: lend"};',
    refusal: 'rpc PACKAGE.S.M: the scope "books: lend" must match ^[a-z][a-z_]*(:[a-z][a-z_]*)*$',
  },
  "a method with a scope that does not say what a project's token reaches": {
    options: 'option (streak.options.v1.access) = {scope: "books:lend"};',
    refusal: "rpc PACKAGE.S.M: what does a project's token reach? The option access must have one of site_key, ",
  },
  "a method with a scope that says so twice": {
    options: 'option (streak.options.v1.access) = {scope: "books:lend" site_key: "site_key" all_projects: true};',
    request: "string site_key = 1;",
    refusal: "rpc PACKAGE.S.M: what does a project's token reach? The option access must have one of site_key, ",
  },
  "a site key in a field that is not there": {
    options: 'option (streak.options.v1.access) = {anyone: true site_key: "site.key"};',
    refusal: "rpc PACKAGE.S.M: the option access names site.key, but the request has no such field",
  },
  "a zone for a field that is no timestamp": {
    options: ANYONE + POST,
    request: 'string day = 1 [(streak.options.v1.rule) = {zone: "tz"}]; string tz = 2;',
    refusal: "field PACKAGE.Request.day: the rule zone is for a timestamp, and must name a string beside it",
  },
  "a streamed request over REST without a body": {
    types: ["(stream Request)", "(Response)"],
    options: ANYONE + GET,
    refusal: 'PACKAGE.S.M: its request is a stream, so its REST route needs a body: write body: "*"',
  },
  "a streamed response with the status 202": {
    types: ["(Request)", "(stream Response)"],
    options: `${ANYONE + GET}option (streak.options.v1.success_status) = 202;`,
    refusal: "PACKAGE.S.M: its response is a stream, so success_status must be 200, not 202",
  },
  "streams in both directions with the status 204": {
    types: ["(stream Request)", "(stream Response)"],
    options: `${ANYONE + POST}option (streak.options.v1.success_status) = 204;`,
    refusal: "PACKAGE.S.M: its response is a stream, so success_status must be 200, not 204",
  },
  "a streamed response that could be taken for an error": {
    types: ["(Request)", "(stream Response)"],
    options: ANYONE + GET,
    response: "string error = 1;",
    refusal: "PACKAGE.S.M: a line with the field error says that a call failed, so a response can't have that field",
  },
  "a path without a slash": {
    options: `${ANYONE}option (google.api.http) = {get: "x"};`,
    refusal: "PACKAGE.S.M: the path x must begin with a slash",
  },
  "a path with a wildcard": {
    options: `${ANYONE}option (google.api.http) = {get: "/x/*"};`,
    refusal: "PACKAGE.S.M: in /x/* a segment must be plain text or one {variable}",
  },
  "a custom verb in the middle of a path": {
    options: `${ANYONE}option (google.api.http) = {get: "/x/{id}:go/y"};`,
    request: "string id = 1;",
    refusal: "PACKAGE.S.M: in /x/{id}:go/y a segment must be plain text or one {variable}",
  },
  "an additional route without a path": {
    options: `${ANYONE}option (google.api.http) = {get: "/x" additional_bindings: {body: "*"}};`,
    refusal: "PACKAGE.S.M: a REST route needs a method and a path",
  },
  "a path that names no field": {
    options: `${ANYONE}option (google.api.http) = {get: "/x/{id}"};`,
    refusal: "PACKAGE.S.M: the path names id, but the request has no such field",
  },
  "a path that names a number": {
    options: `${ANYONE}option (google.api.http) = {get: "/x/{id}"};`,
    request: "int32 id = 1;",
    refusal: "PACKAGE.S.M: the path names id, so it must be a string without explicit presence",
  },
  "a body that is not a message": {
    options: `${ANYONE}option (google.api.http) = {post: "/x" body: "id"};`,
    request: "string id = 1;",
    refusal: "PACKAGE.S.M: body: id must be a field that holds one message",
  },
  "a response body that is a list": {
    options: `${ANYONE}option (google.api.http) = {get: "/x" response_body: "all"};`,
    response: "repeated Request all = 1;",
    refusal: "PACKAGE.S.M: response_body: all must be a field that holds one message",
  },
  "a request that can contain itself": {
    options: ANYONE,
    request: "Request inner = 1;",
    refusal: "PACKAGE.Request contains itself and is in a request: nesting without a limit can't be read safely",
  },
  "a map in a JSON body": {
    options: ANYONE + POST,
    request: "map<string, string> labels = 1;",
    refusal: "PACKAGE.Request.labels is in a request and is of a type that the REST bridge does not know",
  },
  "bytes in a line of a JSON body": {
    types: ["(stream Request)", "(Response)"],
    options: ANYONE + POST,
    request: "bytes data = 1;",
    refusal: "PACKAGE.Request.data is in a JSON body and is of a type that the REST bridge does not know",
  },
  "an older name of a list": {
    options: ANYONE + POST,
    request: 'repeated string names = 1 [(streak.options.v1.rule) = {alias: "titles"}];',
    refusal: "PACKAGE.Request.names is in a JSON body and has an alias, but is not a single scalar value",
  },
  "a mask in a JSON response": {
    options: ANYONE + GET,
    response: "google.protobuf.FieldMask mask = 1;",
    refusal: "PACKAGE.Response.mask is in a JSON response and can only be in a request",
  },
  "a required field in a resource of which a mask names fields": {
    options: ANYONE,
    request: "Thing thing = 1; google.protobuf.FieldMask update_mask = 2;",
    refusal: "PACKAGE.Request.thing: with update_mask, a change may leave out any field, so id can't be required in it",
  },
  "a second method of the same name": {
    options: ANYONE + GET,
    more: `service T { rpc M(Request) returns (Response) { ${ANYONE + POST} } }`,
    refusal: "rpc PACKAGE.T.M and rpc PACKAGE.S.M would both be the operation m: rename one",
  },
  "a second schema of the same name": {
    options: ANYONE + POST,
    request: "message Part {} Part part = 1;",
    response: "message Part {} Part part = 1;",
    refusal:
      "message PACKAGE.Response.Part and message PACKAGE.Request.Part would both be the schema Part " +
      "in the OpenAPI document: rename one",
  },
  "a message with the name of the schema of errors": {
    options: ANYONE + POST,
    request: "Error error = 1;",
    more: "message Error {}",
    refusal: "message PACKAGE.Error would be the schema Error, which is another in the OpenAPI document: rename it",
  },
  "a list of integers that are to be lowered": {
    options: ANYONE,
    request: "repeated int32 sizes = 1 [(streak.options.v1.rule) = {lowered_to: 9}];",
    refusal: "PACKAGE.Request.sizes: only an integer that is neither optional nor a list can have the rule lowered_to",
  },
  "a pattern that is no regular expression": {
    options: ANYONE,
    request: 'string id = 1 [(streak.options.v1.rule) = {pattern: "["}];',
    refusal: "PACKAGE.Request.id: the pattern [ is not a regular expression",
  },
};

const names = Object.keys(CASES);
let run: (name: string) => unknown;

beforeAll(async () => {
  const files = Object.values(CASES).map((each, index) => [`p${index}`, protoOf(`p${index}`, each)] as const);
  run = await compile(new Map(files));
}, 60_000);

test.each(names)("%s is refused, and the message says where and why", (name) => {
  const file = `p${names.indexOf(name)}`;
  const { refusal = "" } = CASES[name] ?? {};
  expect(() => run(file)).toThrow(refusal.replaceAll("PACKAGE", file));
});

function protoOf(
  name: string,
  { types = ["(Request)", "(Response)"], options, request = "", response = "", more = "" }: Case,
) {
  return `
    syntax = "proto3";
    package ${name};
    import "google/api/annotations.proto";
    import "google/protobuf/field_mask.proto";
    import "streak/options/v1/options.proto";
    service S { rpc M${types[0]} returns ${types[1]} { ${options} } }
    message Request { ${request} }
    message Response { ${response} }
    ${more}
    message Thing { string id = 1 [(streak.options.v1.rule) = {required: true}]; }
  `;
}
