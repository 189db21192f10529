import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { keepDataInMemory } from "./test/support/memory.ts";
import { SOAK } from "./test/support/soak.ts";

keepDataInMemory();

/** Files that work with servers in processes of their own: they take longest, and wait much of that time. */
const AGAINST_SERVERS = [
  "test/faults/**/*.test.ts",
  "test/migrate/**/*.test.ts",
  "test/store/mongo/*.test.ts",
  "test/bench/**/*.test.ts",
];

/** The longest file, which keeps one processor busy all the time. */
const LONGEST = "test/http/fast/differential/*.test.ts";

/** Other files that take a minute or more. Small as they are, vitest would begin with them last, and end with one alone. */
const LONG = [
  "test/analytics/recount.test.ts",
  "test/browser/dashboard/pictures.test.ts",
  "test/conformance/*.test.ts",
  "test/install/production.test.ts",
  "test/polyglot/schemathesis.test.ts",
  "test/store/sqlite/conformance.test.ts",
];

/** Times after which a test or a hook counts as hanging, in milliseconds. No test is to fail because a machine is busy. */
const UNITS = { testTimeout: 30_000, hookTimeout: 30_000 };
const SERVERS = { testTimeout: 120_000 * SOAK, hookTimeout: 30_000 };

export default defineConfig({
  resolve: {
    // The packages have a package.json of their own, which knows nothing of these names. Vite builds them in the same way.
    alias: [{ find: /^#(gen|src)\//, replacement: `${import.meta.dirname}/$1/` }],
  },
  test: {
    reporters: ["default", "./test/support/reporter.ts"],
    // A test's server in a process of its own takes half as long to start when its sources are compiled already.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules/.cache/node") },
    // The files that a process runs share what they import, which takes longer to load than most of them take to run.
    isolate: false,
    restoreMocks: true,
    expect: { poll: { timeout: 10_000 } },
    // One more than there are cores, since there is often one that waits. On a server that is given, tests that trouble it
    // have to be alone.
    maxWorkers: process.env.TEST_MONGODB_URI === undefined ? availableParallelism() + 1 : 1,
    projects: [
      // All files run beside each other. Vitest begins with the project whose name comes first, and those that take longest
      // are to begin first.
      { extends: true, test: { name: "a comparison", include: [LONGEST], ...UNITS } },
      {
        extends: true,
        test: {
          name: "against servers",
          include: AGAINST_SERVERS,
          globalSetup: "./test/support/shared-servers.ts",
          ...SERVERS,
        },
      },
      { extends: true, test: { name: "long", include: LONG, ...UNITS } },
      {
        extends: true,
        test: {
          name: "units",
          include: ["test/**/*.test.ts"],
          exclude: [LONGEST, ...AGAINST_SERVERS, ...LONG],
          ...UNITS,
        },
      },
    ],
  },
});
