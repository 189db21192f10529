import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { fitToDescriptors } from "#src/http/listener/descriptors.ts";
import { startServer } from "../install/process.ts";
import { temporaryFolder } from "../install/support.ts";
import { DEFAULT_LIMITS } from "../support/limits.ts";
import { root } from "../support/tools.ts";

test.runIf(process.platform === "linux")(
  "with few file descriptors it serves on, however many connections come, and says how to get more",
  async () => {
    const start = `ulimit -n 400; exec "${process.execPath}" --disable-warning=ExperimentalWarning src/main.ts`;
    const DATA_DIR = await temporaryFolder();
    const env = { PATH: process.env.PATH, HOST: "127.0.0.1", PORT: "0", SHUTDOWN_DRAIN_MS: "0", DATA_DIR };
    await using server = await startServer(["sh", "-c", start], root, env);
    const port = Number(new URL(server.url).port);

    const crowd = await Promise.all(
      Array.from({ length: 400 }, async () => {
        const socket = connect(port, "127.0.0.1").on("error", () => {});
        await once(socket, "connect");
        return socket;
      }),
    );
    onTestFinished(() => {
      for (const socket of crowd) {
        socket.destroy();
      }
    });

    expect((await fetch(`${server.url}/readyz`, { headers: { Connection: "close" } })).status).toBe(200);
    const lines = (text: string) => server.output.split("\n").filter((line) => line.includes(text));
    expect(lines("MAX_CONNECTIONS is lowered")).toEqual([expect.stringMatching(/"maxConnections":200.*LimitNOFILE/)]);
    await expect.poll(() => lines('"setting":"MAX_CONNECTIONS"')).toHaveLength(1);
  },
);

test.each([
  [1_048_576, 20_000],
  [20_000, 19_744],
  [1_024, 768],
  [256, 128],
  [Number.POSITIVE_INFINITY, 20_000],
])("%s descriptors are enough for %s connections", (descriptors, connections) => {
  expect(fitToDescriptors(DEFAULT_LIMITS, descriptors).maxConnections).toBe(connections);
});
