// Loaded into each server that a test starts: when the test's process goes, however it goes, the pipe on stdin ends, and
// the server goes too. A process that is killed tidies nothing up, so nothing on its side could promise that.
process.stdin.on("end", () => process.kill(process.pid, "SIGKILL"));
process.stdin.resume();
process.stdin.unref();
