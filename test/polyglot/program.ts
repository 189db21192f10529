import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { startServer } from "../support/server.ts";
import { PREPARATION_MS, prepareClients, requireTool, type Tool } from "../support/tools.ts";

const run = promisify(execFile);

/** What every client is checked to do. */
const CHECKS = ["records an event", "reads the state", "reads the detail of an error", "keeps a deadline"];

/**
 * A program in another language. Given the server's URL, it runs each of the checks with one or more clients, and prints
 * a line of JSON for each: `{"client": "grpcio", "check": "records an event", "ok": true, "detail": ""}`.
 */
export interface Program {
  readonly kind: "python" | "go";
  /** What it takes to prepare and to run it. */
  readonly tool: Tool;
  readonly command: readonly [string, ...string[]];
  /** The only environment variables that it gets. A proxy set for the tests must not be asked for a server right here. */
  readonly env?: Readonly<Record<string, string>>;
  /** The clients that it must report on. */
  readonly clients: readonly string[];
}

/** Defines a test for each client of a program and each check. */
export function testProgram(program: Program): void {
  let { tool } = program;
  let lines: { client: string; check: string; ok: boolean; detail: string }[] = [];

  beforeAll(async () => {
    if (tool.present) {
      tool = await prepareClients(program.kind);
    }
    if (tool.present) {
      await using server = await startServer();
      const [command, ...args] = program.command;
      const { stdout } = await run(command, [...args, server.url], { env: program.env ?? {}, timeout: 60_000 });
      lines = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    }
  }, PREPARATION_MS);

  for (const client of program.clients) {
    describe(client, () => {
      for (const check of CHECKS) {
        test(check, (context) => {
          requireTool(context, tool);
          const line = lines.find((one) => one.client === client && one.check === check);
          expect(line).toEqual({ client, check, ok: true, detail: "" });
        });
      }
    });
  }
}
