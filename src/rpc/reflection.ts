import type { AnyDesc, DescFile, DescService, MessageInitShape } from "@bufbuild/protobuf";
import { toBinary } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import { ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import {
  ServerReflection,
  type ServerReflectionRequest,
  type ServerReflectionResponseSchema,
} from "#gen/grpc/reflection/v1/reflection_pb.ts";
import { type Method, probesOf } from "../call/method.ts";

type MessageResponse = NonNullable<MessageInitShape<typeof ServerReflectionResponseSchema>["messageResponse"]>;

/** What clients of reflection can ask for, by name. */
interface Index {
  readonly files: ReadonlyMap<string, DescFile>;
  /** The file that declares a service, method, message, field, oneof, enum, enum value or extension. */
  readonly symbols: ReadonlyMap<string, DescFile>;
  /** The files of the extensions of a message, by the message's name and then by field number. */
  readonly extensions: ReadonlyMap<string, ReadonlyMap<number, DescFile>>;
}

/** The older `v1alpha`, whose messages are the same on the wire: many tools ask only for it. */
const ALPHA = "grpc.reflection.v1alpha.ServerReflection";

/**
 * Returns the methods of `grpc.reflection.v1.ServerReflection` and of its older version. With them `grpcurl -plaintext
 * localhost:8080 list` and similar tools need no .proto files. They answer from the descriptors in the generated code.
 *
 * @param services the services to list; reflection itself is listed anyway
 * @param maxMessageBytes the most bytes of a request message
 */
export function createReflection(services: readonly DescService[], maxMessageBytes: number): Method[] {
  const listed = [...services, ServerReflection];
  // No service's file imports the type of our error details; with it, tools can show them.
  const index = indexFiles([...listed.map((service) => service.file), ErrorInfoSchema.file]);
  const names = [...listed.map((service) => service.typeName), ALPHA].sort().map((name) => ({ name }));

  async function* serverReflectionInfo(requests: AsyncIterable<ServerReflectionRequest>) {
    for await (const request of requests) {
      yield {
        validHost: request.host,
        originalRequest: request,
        messageResponse: answer(request.messageRequest, index, names),
      };
    }
  }
  return probesOf(ServerReflection, { serverReflectionInfo }, maxMessageBytes).flatMap((method) => {
    const alpha = { ...method.contract.method, parent: { ...ServerReflection, typeName: ALPHA } };
    return [method, { ...method, contract: { ...method.contract, method: alpha } }];
  });
}

function answer(
  request: ServerReflectionRequest["messageRequest"],
  index: Index,
  services: { name: string }[],
): MessageResponse {
  switch (request.case) {
    case "listServices":
      return { case: "listServicesResponse", value: { service: services } };
    case "fileByFilename":
      return answerFile(index.files.get(request.value), `file ${request.value}`);
    case "fileContainingSymbol":
      return answerFile(index.symbols.get(request.value), `symbol ${request.value}`);
    case "fileContainingExtension": {
      const { containingType, extensionNumber } = request.value;
      const file = index.extensions.get(containingType)?.get(extensionNumber);
      return answerFile(file, `extension ${extensionNumber} of ${containingType}`);
    }
    case "allExtensionNumbersOfType": {
      if (!index.symbols.has(request.value)) {
        return notFound(`type ${request.value}`);
      }
      const numbers = [...(index.extensions.get(request.value)?.keys() ?? [])];
      return {
        case: "allExtensionNumbersResponse",
        value: { baseTypeName: request.value, extensionNumber: numbers.sort((a, b) => a - b) },
      };
    }
    default:
      return {
        case: "errorResponse",
        value: { errorCode: Code.InvalidArgument, errorMessage: "The request asks for nothing. Set message_request." },
      };
  }
}

/** Returns the file and all that it imports, so that a client need not ask for each import. */
function answerFile(file: DescFile | undefined, what: string): MessageResponse {
  if (file === undefined) {
    return notFound(what);
  }
  return { case: "fileDescriptorResponse", value: { fileDescriptorProto: withImports([file]).map(bytesOf) } };
}

/** The bytes of each file that a client has asked for. Answers share them. */
const fileBytes = new WeakMap<DescFile, Uint8Array>();

function bytesOf(file: DescFile): Uint8Array {
  const bytes = fileBytes.get(file) ?? toBinary(FileDescriptorProtoSchema, file.proto);
  fileBytes.set(file, bytes);
  return bytes;
}

function notFound(what: string): MessageResponse {
  return { case: "errorResponse", value: { errorCode: Code.NotFound, errorMessage: `There is no ${what} here.` } };
}

/**
 * Returns the files and all that they import, each file before its imports: clients take the first one as the answer.
 */
function withImports(roots: readonly DescFile[]): DescFile[] {
  const importsFirst = new Set<DescFile>();
  function add(file: DescFile): void {
    if (importsFirst.has(file)) {
      return;
    }
    file.dependencies.forEach(add);
    importsFirst.add(file);
  }
  roots.forEach(add);
  return [...importsFirst].reverse();
}

function indexFiles(roots: readonly DescFile[]): Index {
  const files = new Map<string, DescFile>();
  const symbols = new Map<string, DescFile>();
  const extensions = new Map<string, Map<number, DescFile>>();
  for (const file of withImports(roots)) {
    files.set(file.proto.name, file);
    for (const type of nestedTypes(file)) {
      for (const symbol of symbolsOf(type)) {
        symbols.set(symbol, file);
      }
      if (type.kind !== "extension") {
        continue;
      }
      const numbers = extensions.get(type.extendee.typeName) ?? new Map<number, DescFile>();
      extensions.set(type.extendee.typeName, numbers.set(type.number, file));
    }
  }
  return { files, symbols, extensions };
}

/** Returns the full names that a declaration brings. An enum's values are named as its siblings, as in C++. */
function symbolsOf(type: AnyDesc): string[] {
  switch (type.kind) {
    case "service":
      return [type.typeName, ...type.methods.map((method) => `${type.typeName}.${method.name}`)];
    case "message":
      return [type.typeName, ...type.members.map((member) => `${type.typeName}.${member.name}`)];
    case "enum": {
      const scope = type.typeName.slice(0, -type.name.length);
      return [type.typeName, ...type.values.map((value) => scope + value.name)];
    }
    case "extension":
      return [type.typeName];
    default:
      return [];
  }
}
