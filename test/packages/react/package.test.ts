import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { root } from "../../support/tools.ts";
import { pack } from "../pack.ts";

const run = promisify(execFile);

/** What an app does with the package: it uses the hook, the component and the element, and one line is wrong. */
const APP = `
import { StreakWidget, useStreak } from "@streakd/react";

export function App() {
  const { state, error, record } = useStreak({ baseUrl: "", projectId: "p", event: "visit" });
  return (
    <button onClick={record}>
      {state?.streak.current} {error?.code}
      <StreakWidget baseUrl="" projectId="p" position="top-left" onMilestone={({ milestone }) => milestone.target} />
      <streak-widget project="p" theme="beige" />
    </button>
  );
}

// @ts-expect-error: the project is missing
useStreak({ baseUrl: "", event: "visit" });
`;

test("an app that installs the packed package runs and type-checks", { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "streakd-react-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(join(root, "packages"), join(folder, "packages"), { recursive: true });
  for (const name of ["tsconfig.json", "tools"]) {
    await cp(join(root, name), join(folder, name), { recursive: true });
  }
  const modules = join(folder, "node_modules");
  await mkdir(join(modules, "@streakd"), { recursive: true });
  for (const name of ["@gfx", "@types", "csstype", "react", "typescript", "vite", ".bin"]) {
    await symlink(join(root, "node_modules", name), join(modules, name));
  }
  for (const name of ["web", "react"]) {
    await symlink(join(folder, "packages", name), join(modules, "@streakd", name));
  }
  const { archive, files } = await pack(join(folder, "packages/react"));
  expect(files).toEqual(
    expect.arrayContaining(["README.md", "LICENSE", "dist/index.js", "dist/index.d.ts", "package.json"]),
  );
  expect(files.filter((name) => !/^(dist\/.+\.(js|d\.ts)|README\.md|LICENSE|package\.json)$/.test(name))).toEqual([]);

  await rm(join(modules, "@streakd/react"));
  await mkdir(join(modules, "@streakd/react"));
  await run("tar", ["-xf", archive, "--strip-components=1", "-C", join(modules, "@streakd/react")]);
  // Next.js keeps the hook out of server components by this.
  expect(await readFile(join(modules, "@streakd/react/dist/use-streak.js"), "utf8")).toMatch(/^"use client";/);
  const { stdout: exported } = await run(
    "node",
    ["--input-type=module", "-e", 'import("@streakd/react").then((all) => console.log(Object.keys(all).join()))'],
    { cwd: folder },
  );
  expect(exported.trim()).toBe("StreakWidget,useStreak");
  await writeFile(join(folder, "app.tsx"), APP);
  const options = "--ignoreConfig --noEmit --strict --jsx react-jsx --module nodenext --skipLibCheck false".split(" ");
  await run("node_modules/.bin/tsc", [...options, "app.tsx"], { cwd: folder }).catch((error) => {
    throw new Error(error.stdout || error.message);
  });
});
