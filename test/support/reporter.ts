import { dirname } from "node:path";
import type { Reporter, SerializedError, TestModule } from "vitest/node";

declare module "vitest" {
  interface TaskMeta {
    /** What a test would try too on a machine that had what CI can't install, in a few words. */
    notRun?: string;
  }
}

/** The tests that were skipped for one reason. */
interface Skipped {
  tests: number;
  readonly folders: Set<string>;
}

/**
 * Ends a run with what a script can read: a line for what was skipped and how to get it, or that it can't be had here, then
 * the plain line `N passed, N failed, N skipped`.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const notes = new Map<string, Skipped>();
    const notRun: string[] = [];
    for (const module of modules) {
      const before = counts.failed;
      for (const test of module.children.allTests()) {
        const result = test.result();
        counts[result.state] += 1;
        const { notRun: other } = test.meta();
        if (other) {
          notRun.push(other);
        }
        if (result.state === "skipped" && result.note) {
          const skipped = notes.get(result.note) ?? { tests: 0, folders: new Set() };
          skipped.tests += 1;
          skipped.folders.add(dirname(module.relativeModuleId));
          notes.set(result.note, skipped);
        }
      }
      // A file that can't be loaded, or a hook that fails, may leave no failed test behind.
      if (module.state() === "failed" && counts.failed === before) {
        counts.failed += 1;
      }
    }
    const failed = counts.failed + counts.pending + unhandledErrors.length;
    const skipped = [...[...notes].map(([note, tests]) => `${note} (${shown(tests)})`), ...notRun];
    if (skipped.length > 0) {
      console.log(`Skipped: ${skipped.join("; ")}`);
    }
    console.log(`${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped`);
  }
}

function shown({ tests, folders }: Skipped): string {
  return `${tests} ${tests === 1 ? "test" : "tests"} in ${[...folders].toSorted().join(", ")}`;
}
