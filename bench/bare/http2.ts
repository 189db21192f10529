/**
 * The least that Node can do for a unary gRPC call: node:http2's streams, one message in a frame, a fixed answer, trailers.
 * `STATE` is the framed message of the state answer, in base64.
 */
import { createServer } from "node:http2";
import { announce } from "../measure/announce.ts";

/** A frame is a byte that says "not compressed", the message's length in 4 bytes, the message: here `ok: true`. */
const OK = Buffer.from([0, 0, 0, 0, 2, 0x08, 0x01]);
const state = Buffer.from(process.env.STATE ?? "", "base64");

const server = createServer();
server.on("stream", (stream, headers) => {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("end", () => {
    const frame = Buffer.concat(chunks);
    const isWhole = frame.length === 5 + frame.readUInt32BE(1);
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": isWhole ? "0" : "13" }));
    stream.end(headers[":path"]?.endsWith("/GetState") ? state : OK);
  });
});
announce(server);
