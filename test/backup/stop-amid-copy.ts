import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

// Imported into a command before its own code. Stops the process, as SIGSTOP does, when a part of a database is copied. So
// the copy is not done before a test continues the process, however late the test comes to what it does meanwhile.

const { fdatasyncSync } = fs;
let hasStopped = false;
fs.fdatasyncSync = (file) => {
  fdatasyncSync(file);
  if (!hasStopped) {
    hasStopped = true;
    process.kill(process.pid, "SIGSTOP");
  }
};
syncBuiltinESMExports();
