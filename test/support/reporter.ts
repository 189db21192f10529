import type { Reporter, SerializedError, TestModule } from "vitest/node";

/**
 * Ends a run with what a script can read: a line for what was skipped and how to get it, then the plain line
 * `N passed, N failed, N skipped`.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const notes = new Set<string>();
    for (const module of modules) {
      const before = counts.failed;
      for (const test of module.children.allTests()) {
        const result = test.result();
        counts[result.state] += 1;
        if (result.state === "skipped" && result.note) {
          notes.add(result.note);
        }
      }
      // A file that can't be loaded, or a hook that fails, may leave no failed test behind.
      if (module.state() === "failed" && counts.failed === before) {
        counts.failed += 1;
      }
    }
    const failed = counts.failed + counts.pending + unhandledErrors.length;
    if (notes.size > 0) {
      console.log(`Skipped: ${[...notes].join("; ")}`);
    }
    console.log(`${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped`);
  }
}
