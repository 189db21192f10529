import { isMainThread } from "node:worker_threads";

// Loaded into each server that a test starts, and into its threads. When the test's process ends, in whatever way, the
// pipe on stdin ends, and this ends the server. The test's process could not do it: a process that is killed cleans
// nothing up.
if (isMainThread) {
  process.stdin.on("end", () => process.kill(process.pid, "SIGKILL"));
  process.stdin.resume();
  process.stdin.unref();
}
