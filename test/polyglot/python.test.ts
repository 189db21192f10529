import { join } from "node:path";
import { cache, findTool, root } from "../support/tools.ts";
import { testProgram } from "./program.ts";

testProgram({
  kind: "python",
  tool: findTool(
    ["python3", "-c", "import sys, venv, ensurepip; assert sys.version_info >= (3, 10)"],
    "Python is missing: install Python 3.10 or later, with its venv module, to try its clients of gRPC and Connect",
  ),
  command: [join(cache, "python-packages/bin/python"), join(root, "test/polyglot/python/client.py")],
  env: { PYTHONPATH: join(cache, "python-stubs"), PYTHONDONTWRITEBYTECODE: "1" },
  clients: [
    "grpcio",
    "grpcio with gzip",
    "grpcio with deflate",
    "connectrpc",
    "connectrpc with JSON",
    "connectrpc without compression",
  ],
});
