import { join } from "node:path";
import { cache, findTool } from "../support/tools.ts";
import { testProgram } from "./program.ts";

testProgram({
  kind: "go",
  // Unlike `go version`, this fails too where Go is older than go.mod asks for and can't get a newer one.
  tool: findTool(
    ["go", "-C", "test/polyglot/go", "list", "-m"],
    "Go is missing: install Go 1.26 or later to try its Connect and gRPC clients",
  ),
  command: [join(cache, "go-client/client")],
  clients: [
    "connect-go, Connect JSON over HTTP/1.1",
    "connect-go, Connect JSON over HTTP/1.1, reading with GET",
    "connect-go, Connect JSON over HTTP/2",
    "connect-go, Connect binary over HTTP/1.1",
    "connect-go, Connect binary over HTTP/2",
    "connect-go, Connect JSON over HTTP/1.1, gzip",
    "connect-go, Connect JSON over HTTP/1.1, gzip, reading with GET",
    "connect-go, Connect binary over HTTP/2, gzip",
    "connect-go, gRPC over HTTP/2, gzip",
    "connect-go, gRPC-Web over HTTP/1.1, gzip",
    "connect-go, gRPC over HTTP/2",
    "connect-go, gRPC-Web over HTTP/1.1",
    "connect-go, gRPC-Web over HTTP/2",
    "grpc-go",
    "grpc-go, gzip",
  ],
});
