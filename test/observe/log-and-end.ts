import { writeSync } from "node:fs";
import { openLog } from "#src/observe/open-log.ts";

// A process that logs more than a pipe takes, without a turn of the event loop, and then ends in the way that is asked.

const { log } = openLog("info");
for (let number = 0; number < Number(process.argv[3]); number += 1) {
  log.info({ number }, "a line");
}
writeSync(process.stderr.fd, "logged");
switch (process.argv[2]) {
  case "exit":
    process.exit(3);
    break;
  case "throw":
    throw new Error("nobody catches this");
}
