import type { Subcommand } from "./subcommand.ts";

/** Serves until a signal ends it. */
export const serve: Subcommand = {
  name: "serve",
  summary: "start the server (the default)",
  failure: "streakd can't start",
  async run(config) {
    const [{ default: cluster }, { runServer }] = await Promise.all([import("node:cluster"), import("../serve.ts")]);
    try {
      await runServer(config);
    } catch (error) {
      cluster.worker?.disconnect();
      throw error;
    }
  },
};
