import { StartError } from "../errors.ts";
import { backUp } from "./back-up.ts";

// A scheduled backup, in a process of its own: `node run.ts DATA_DIR FILE`. Exits with 1, and with the reason on stderr,
// when it fails.
const [dataDir = "", file = ""] = process.argv.slice(2);
try {
  await backUp({ dataDir, file, mayOverwrite: false });
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exitCode = 1;
}
