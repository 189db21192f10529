import { create, createFileRegistry, fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { ServerReflection, ServerReflectionRequestSchema } from "#gen/grpc/reflection/v1/reflection_pb.ts";
import { Health } from "#gen/health/v1/health_pb.ts";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { MAX_PROBE_MESSAGE_BYTES } from "#src/rpc/probes.ts";
import { createReflection } from "#src/rpc/reflection.ts";
import { startRpc } from "./support.ts";

type Request = NonNullable<MessageInitShape<typeof ServerReflectionRequestSchema>["messageRequest"]>;

async function serve() {
  const { url } = await startRpc(createReflection([StreakService, Health], MAX_PROBE_MESSAGE_BYTES));
  const client = createClient(ServerReflection, createGrpcTransport({ baseUrl: url }));
  return async (...requests: Request[]) => {
    async function* all() {
      for (const messageRequest of requests) {
        yield { host: "here", messageRequest };
      }
    }
    const answers = await Array.fromAsync(client.serverReflectionInfo(all()));
    expect(answers.map((answer) => [answer.validHost, answer.originalRequest?.messageRequest.case])).toEqual(
      requests.map((request) => ["here", request.case]),
    );
    return answers.map((answer) => answer.messageResponse);
  };
}

test("lists the services, itself in both versions included", async () => {
  const ask = await serve();
  expect(await ask({ case: "listServices", value: "" })).toMatchObject([
    {
      value: {
        service: [
          { name: "grpc.health.v1.Health" },
          { name: "grpc.reflection.v1.ServerReflection" },
          { name: "grpc.reflection.v1alpha.ServerReflection" },
          { name: "streak.v1.StreakService" },
        ],
      },
    },
  ]);
});

test.each<[string, Request]>([
  ["a service", { case: "fileContainingSymbol", value: "streak.v1.StreakService" }],
  ["a method", { case: "fileContainingSymbol", value: `streak.v1.StreakService.${StreakService.methods[0]?.name}` }],
  ["a message", { case: "fileContainingSymbol", value: `${StreakService.methods[0]?.input.typeName}` }],
  ["a file", { case: "fileByFilename", value: StreakService.file.proto.name }],
])("gives the file of %s with all that it imports", async (_what, request) => {
  const [answer] = await (await serve())(request);
  if (answer?.case !== "fileDescriptorResponse") {
    return expect.unreachable(answer?.case);
  }
  const files = answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
  expect(files[0]?.name).toBe(StreakService.file.proto.name);
  // Throws where an import is missing, or comes after the file that needs it.
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: files.reverse() }));
  expect(registry.getService("streak.v1.StreakService")?.methods.map((method) => method.name)).toEqual(
    StreakService.methods.map((method) => method.name),
  );
});

test.each([
  ["a nested message", "google.protobuf.DescriptorProto.ExtensionRange"],
  ["a field", "grpc.health.v1.HealthCheckRequest.service"],
  ["an enum", "grpc.health.v1.HealthCheckResponse.ServingStatus"],
  ["a value of an enum, named beside it", "grpc.health.v1.HealthCheckResponse.SERVING"],
  ["a oneof", "grpc.reflection.v1.ServerReflectionRequest.message_request"],
  ["an extension", "google.api.http"],
])("finds %s", async (_what, value) => {
  expect(await (await serve())({ case: "fileContainingSymbol", value })).toMatchObject([
    { case: "fileDescriptorResponse" },
  ]);
});

test("finds extensions by what they extend", async () => {
  const options = "google.protobuf.MethodOptions";
  const [numbers, file, none] = await (await serve())(
    { case: "allExtensionNumbersOfType", value: options },
    { case: "fileContainingExtension", value: { containingType: options, extensionNumber: 72295728 } },
    { case: "allExtensionNumbersOfType", value: "grpc.health.v1.HealthCheckRequest" },
  );
  expect(numbers).toMatchObject({
    value: { baseTypeName: options, extensionNumber: expect.arrayContaining([72295728]) },
  });
  expect(file?.case).toBe("fileDescriptorResponse");
  expect(none).toMatchObject({ value: { extensionNumber: [] } });
});

test("answers what is unknown with NOT_FOUND, and goes on", async () => {
  const answers = await (await serve())(
    { case: "fileByFilename", value: "no.proto" },
    { case: "fileContainingSymbol", value: "no.Such" },
    { case: "fileContainingExtension", value: { containingType: "no.Such", extensionNumber: 1 } },
    { case: "allExtensionNumbersOfType", value: "no.Such" },
    { case: "listServices", value: "" },
  );
  expect(answers.map((answer) => (answer.case === "errorResponse" ? answer.value.errorCode : answer.case))).toEqual([
    ...Array(4).fill(Code.NotFound),
    "listServicesResponse",
  ]);
});

test("the older version answers too", async () => {
  const { url } = await startRpc(createReflection([Health], MAX_PROBE_MESSAGE_BYTES));
  const transport = createGrpcTransport({ baseUrl: url });
  const alpha = { ...ServerReflection, typeName: "grpc.reflection.v1alpha.ServerReflection" };
  const { serverReflectionInfo } = ServerReflection.method;
  async function* one() {
    yield { messageRequest: { case: "listServices", value: "" } as const };
  }
  const answer = await transport.stream(
    { ...serverReflectionInfo, parent: alpha },
    undefined,
    undefined,
    undefined,
    one(),
  );
  expect((await Array.fromAsync(answer.message))[0]?.messageResponse.case).toBe("listServicesResponse");
});

test("knows the detail of an error, which no service's file leads to", async () => {
  const ask = await serve();
  expect(await ask({ case: "fileContainingSymbol", value: "google.rpc.ErrorInfo" })).toMatchObject([
    { case: "fileDescriptorResponse" },
  ]);
});

test("the bytes of a file are made once, and answers share them", async () => {
  const [method] = createReflection([StreakService], MAX_PROBE_MESSAGE_BYTES);
  async function* questions() {
    for (const value of ["streak.v1.StreakService", "streak.v1.RecordEventRequest", "streak.v1.Project"]) {
      yield create(ServerReflectionRequestSchema, { messageRequest: { case: "fileContainingSymbol", value } });
    }
  }

  const answers = await Array.fromAsync(method?.handle(questions(), undefined as never) as AsyncIterable<FileAnswer>);

  const [service, request, project] = answers.map(({ messageResponse }) => messageResponse.value.fileDescriptorProto);
  expect(request?.every((bytes, i) => bytes === service?.[i])).toBe(true);
  expect(project?.every((bytes) => service?.includes(bytes))).toBe(true);
});

interface FileAnswer {
  readonly messageResponse: { readonly value: { readonly fileDescriptorProto: readonly Uint8Array[] } };
}
