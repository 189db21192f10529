import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { ADMIN_TOKEN, type TestApp } from "../support/app.ts";
import { findTool, root } from "../support/tools.ts";

const run = promisify(execFile);

/** What the tests of the commands need. */
export const CURL = findTool(["curl", "--version"], "curl is missing: install it to try the commands of docs/api.md");

/** A command of docs/api.md, with the answer below it. */
interface Example {
  readonly command: string;
  readonly answer: string;
}

/** Returns the examples of a section of docs/api.md, by its heading. */
export function examplesOf(heading: string): Example[] {
  const page = readFileSync(join(root, "docs/api.md"), "utf8");
  const [, section = ""] = new RegExp(`^## ${heading}\n([\\s\\S]*?)^## `, "m").exec(page) ?? [];
  return Array.from(
    section.matchAll(/^```sh\n([\s\S]*?)^```\n\n```json\n([\s\S]*?)^```$/gm),
    ([, command = "", answer = ""]) => ({ command, answer }),
  );
}

/** Runs the commands in their order, and expects the answers of the page. The page may leave out fields. */
export async function expectAnswers(app: TestApp, examples: readonly Example[]): Promise<void> {
  for (const { command, answer } of examples) {
    const asked = command.replaceAll("http://localhost:8080", app.url).replaceAll("curl ", "curl -sS ");
    const { stdout } = await run("bash", ["-ec", asked], { env: { PATH: process.env.PATH, ADMIN_TOKEN } });
    expect({ command, answer: JSON.parse(stdout) }).toMatchObject({ command, answer: JSON.parse(answer) });
  }
}
