import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** A span as it was sent. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root of a trace. */
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  /** 1 is internal, 2 server, 3 client. */
  readonly kind: number;
  /** In nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The ids of the spans that it links to. */
  readonly links: readonly string[];
  /** 0 is unset, 2 an error. */
  readonly status: number;
  /** What the program says of itself. */
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A collector of OpenTelemetry: takes spans in OTLP over HTTP, in protobuf. */
export interface OtlpReceiver extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** The headers of the last request. */
  readonly headers: IncomingMessage["headers"];
}

/** Starts a receiver on a free port. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  let headers: IncomingMessage["headers"] = {};
  const server = createServer(async (request, response) => {
    headers = request.headers;
    const body = await buffer(request);
    const isRight = request.url === "/v1/traces" && headers["content-type"] === "application/x-protobuf";
    if (isRight) {
      spans.push(...spansOf(headers["content-encoding"] === "gzip" ? gunzipSync(body) : body));
    }
    response.writeHead(isRight ? 200 : 400, { "content-type": "application/x-protobuf" }).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    get headers() {
      return headers;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}

/** A message by the numbers of its fields: numbers, or bytes of texts and of messages within. */
type Fields = ReadonlyMap<number, readonly (bigint | number | Uint8Array)[]>;

function read(bytes: Uint8Array): Fields {
  const reader = new BinaryReader(bytes);
  const fields = new Map<number, (bigint | number | Uint8Array)[]>();
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const values = fields.get(number) ?? [];
    fields.set(number, values);
    if (type === WireType.LengthDelimited) {
      values.push(reader.bytes());
    } else if (type === WireType.Bit64) {
      values.push(BigInt(reader.fixed64()));
    } else if (type === WireType.Varint) {
      values.push(Number(reader.int64()));
    } else {
      values.push(reader.fixed32());
    }
  }
  return fields;
}

const messages = (fields: Fields, number: number) =>
  (fields.get(number) ?? []).map((bytes) => read(bytes as Uint8Array));
const text = (fields: Fields, number: number) => Buffer.from((fields.get(number)?.[0] as Uint8Array) ?? []).toString();
const hex = (fields: Fields, number: number) =>
  Buffer.from((fields.get(number)?.[0] as Uint8Array) ?? []).toString("hex");

/** The numbers of the fields are those of opentelemetry/proto/trace/v1/trace.proto. */
function spansOf(request: Uint8Array): ReceivedSpan[] {
  return messages(read(request), 1).flatMap((resourceSpans) => {
    const [resource] = messages(resourceSpans, 1).map((found) => attributesOf(found, 1));
    return messages(resourceSpans, 2)
      .flatMap((scopeSpans) => messages(scopeSpans, 2))
      .map((span) => ({
        traceId: hex(span, 1),
        spanId: hex(span, 2),
        traceState: text(span, 3),
        parentSpanId: hex(span, 4),
        name: text(span, 5),
        kind: span.get(6)?.[0] as number,
        start: span.get(7)?.[0] as bigint,
        end: span.get(8)?.[0] as bigint,
        attributes: attributesOf(span, 9),
        links: messages(span, 13).map((link) => hex(link, 2)),
        status: (messages(span, 15)[0]?.get(3)?.[0] as number | undefined) ?? 0,
        resource: resource ?? {},
      }));
  });
}

function attributesOf(fields: Fields, number: number): Record<string, unknown> {
  const pairs = messages(fields, number).map((pair) => {
    const [value = new Map()] = messages(pair, 2);
    return [text(pair, 1), value.has(1) ? text(value, 1) : (value.get(3) ?? value.get(2))?.[0]];
  });
  return Object.fromEntries(pairs);
}
