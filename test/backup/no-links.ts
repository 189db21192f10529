import fsPromises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

// Imported into a command before its own code. Makes every file system one without hard links, such as FAT.

fsPromises.link = () => Promise.reject(Object.assign(new Error("no links"), { code: "EPERM" }));
syncBuiltinESMExports();
