import fs from "node:fs";
import fsPromises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import sqlite from "node:sqlite";

// Imported into a command before its own code, as `die-at-step.ts?17`. Kills the process with SIGKILL right before the step
// of this number, where a step is a call that may change a file or a lock: of the file system, or of SQLite.

const dieAt = Number(new URL(import.meta.url).search.slice(1));
let steps = 0;

// biome-ignore lint/suspicious/noExplicitAny: it stands for modules and classes with methods of all kinds
function count(owner: any, names: readonly string[]): void {
  for (const name of names) {
    const original = owner[name];
    owner[name] = function (this: unknown, ...args: unknown[]) {
      steps += 1;
      if (steps === dieAt) {
        process.kill(process.pid, "SIGKILL");
      }
      return original.apply(this, args);
    };
  }
}

count(fsPromises, ["chown", "link", "mkdir", "open", "rename", "rm", "writeFile"]);
// The second is called after each step of copying a database.
count(fs, ["mkdtempSync", "fdatasyncSync"]);
count(sqlite, ["backup"]);
count(sqlite.DatabaseSync.prototype, ["close", "exec"]);
syncBuiltinESMExports();
