import { findTool } from "../test/support/tools.ts";

/** What the bench loads servers with. */
export const loadTools = [
  findTool(["sh", "-c", "command -v wrk"], "wrk is missing: run scripts/bench-tools.sh to run the bench"),
  findTool(["h2load", "--version"], "h2load is missing: run scripts/bench-tools.sh to run the bench"),
];
