import { createServer, type IncomingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import { describeRequest } from "./described.ts";

// Node's own HTTP/2 server in a process of its own, started by fork, since hostile frames can make it abort.

const server = createServer();
server.on("error", () => {});
server.on("sessionError", () => {});
server.on("stream", (stream, headers: IncomingHttpHeaders) => {
  let length = 0;
  stream.on("error", () => {});
  stream.on("data", (bytes: Buffer) => {
    length += bytes.length;
  });
  stream.on("end", () => {
    if (!stream.destroyed && !stream.headersSent) {
      stream.respond({ ":status": 200 });
      stream.end(describeRequest(headers, length));
    }
  });
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());
