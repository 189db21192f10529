import { defineConfig } from "vitest/config";

/** Files that put servers under load. Two at a time would show how busy the machine is. */
const UNDER_LOAD = [
  "test/faults/**/*.test.ts",
  "test/migrate/**/*.test.ts",
  "test/store/mongo/*.test.ts",
  "test/bench/**/*.test.ts",
];

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/reporter.ts"],
    projects: [
      { test: { name: "side by side", include: ["test/**/*.test.ts"], exclude: UNDER_LOAD } },
      {
        test: {
          // After the others, as vitest runs what is not to run beside anything.
          name: "one by one",
          include: UNDER_LOAD,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 30_000,
        },
      },
    ],
  },
});
