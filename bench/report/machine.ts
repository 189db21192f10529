import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem, type } from "node:os";
import { join } from "node:path";
import { tellsCost } from "../measure/cost.ts";
import { medianOf } from "../results.ts";
import { mebibytes, short } from "./table.ts";

/** What `statfs` calls a file system that is memory, on Linux. */
const TMPFS = 0x01021994;

/** What the numbers were measured on, for whoever compares them with others. */
export function describeMachine(): string[] {
  const folder = tmpdir();
  const inMemory = statfsSync(folder).type === TMPFS;
  return [
    `Machine: ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${mebibytes(totalmem())} MiB, ${type()} ${release()}, load ${short(loadavg()[0])} before`,
    `Node.js ${process.version}, all on loopback, data in ${folder}${inMemory ? " (in memory: a sync costs nothing; set TMPDIR)" : ""}, a sync of the disk there takes ${short(syncMs())} ms`,
    ...(tellsCost ? [] : ["This system has no /proc, so CPU and RSS are not measured."]),
  ];
}

/** How long it takes to append 4 KiB to a file and have it on the disk, in milliseconds; the median of some. */
function syncMs(): number | undefined {
  const folder = mkdtempSync(join(tmpdir(), "streakd-sync-"));
  const file = openSync(join(folder, "file"), "w");
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now();
    writeSync(file, Buffer.alloc(4096));
    fdatasyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  rmSync(folder, { recursive: true });
  return medianOf(times);
}
