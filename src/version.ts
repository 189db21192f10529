import { readFileSync } from "node:fs";

/** The version of streakd that runs, such as `1.2.0`: that of `package.json`. */
export const VERSION: string = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
