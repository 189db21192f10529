import { readFileSync, statfsSync } from "node:fs";

/** A folder that Linux keeps in memory, and how many bytes must be free there. */
const MEMORY = { folder: "/dev/shm", bytes: 4 * 2 ** 30 };

/**
 * Has the tests, and what they start, keep their data in memory where there is room for it, unless `TMPDIR` says where. Stores
 * sync each commit, which takes milliseconds on a disk, and no test can tell the difference: what a process had written
 * when it was killed is there in either case, and none cuts the power.
 */
export function keepDataInMemory(): void {
  if (process.env.TMPDIR === undefined && freeBytes(MEMORY.folder) >= MEMORY.bytes) {
    process.env.TMPDIR = MEMORY.folder;
  }
}

/** How much room there is for files that can be run; none where such a folder is not mounted. */
function freeBytes(folder: string): number {
  try {
    const mount = readFileSync("/proc/mounts", "utf8").match(new RegExp(`^\\S+ ${folder} tmpfs (\\S+)`, "m"));
    const { bavail, bsize } = statfsSync(folder);
    return mount === null || mount[1]?.split(",").includes("noexec") ? 0 : bavail * bsize;
  } catch {
    // Only Linux has it.
    return 0;
  }
}
