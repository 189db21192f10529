import { execFile } from "node:child_process";
import { rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { newFolder } from "../support/folder.ts";
import { sendVisit } from "../support/record.ts";
import { startServer } from "../support/server.ts";
import { mountSmallDisk } from "../support/small-disk.ts";
import { root } from "../support/tools.ts";

const run = promisify(execFile);

/** What a server says that can't start on a data folder. */
async function refusal(dataDir: string): Promise<string> {
  const server = await startServer({ dataDir }).catch((error: Error) => error);
  if (!(server instanceof Error)) {
    await server.stop();
    throw new Error(`it started on ${dataDir}`);
  }
  expect(server.message).not.toContain("    at ");
  return server.message;
}

describe("a data folder that can't be used ends the start at once, with the mend", () => {
  test.runIf(process.platform === "linux").each([
    ["/proc/x", "The data folder /proc/x can't be made: /proc takes no new folders. Name another folder."],
    ["/proc/x/y", "The data folder /proc/x/y can't be made: /proc/x takes no new folders. Name another folder."],
    ["/dev/null", "The data folder /dev/null is not a folder: a file is in its place. Move the file away"],
  ])("%s", async (dataDir, sentence) => {
    expect(await refusal(dataDir)).toContain(sentence);
  });

  test.each(["", "below"])("a symbolic link that leads nowhere %s", async (below) => {
    const link = join(await newFolder(), "link");
    await symlink("/nowhere/data", link);
    expect(await refusal(join(link, below))).toContain(
      `${link} is a symbolic link to /nowhere/data, which does not exist. Make /nowhere/data, correct the link, or name another folder.`,
    );
  });

  test.each(["streakd.db", "streakd.lock"])(
    "a symbolic link that leads nowhere as %s, and makes no file there",
    async (name) => {
      const folder = await newFolder();
      const target = join(folder, "elsewhere");
      await symlink(target, join(folder, name));
      expect(await refusal(folder)).toContain(
        `${join(folder, name)} is a symbolic link to ${target}, which does not exist. Remove the link, or put back what it points to.`,
      );
      await expect(stat(target)).rejects.toThrow("ENOENT");
    },
  );

  test("a database that is damaged", async () => {
    const folder = await newFolder();
    await writeFile(join(folder, "streakd.db"), "no database ".repeat(1000));
    expect(await refusal(folder)).toContain("streakd.db is damaged, or is not a SQLite database. Move it away");
  });

  test("a file system that is read-only", async (context) => {
    const folder = await mountSmallDisk(context, "ro");
    for (const dataDir of [folder, join(folder, "below")]) {
      expect(await refusal(dataDir)).toContain(
        `The data folder ${dataDir} is on a read-only file system. Mount it for writing, or name another folder.`,
      );
    }
  });
});

test.runIf(process.platform === "linux")("a process that may open few files is told to raise the limit", async () => {
  const command = `ulimit -n 64; exec "${process.execPath}" bin/streakd.cjs`;
  const failure = await run("sh", ["-c", command], { cwd: root }).catch((error) => error);
  expect(failure).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^streakd can't start: this process may have only 64 files open.*ulimit -n 4096.*\n$/,
    ),
  });
});

test("when the disk is full, clients and the log are told at once, reads go on, and it ends when there is room", async (context) => {
  const dataDir = await mountSmallDisk(context);
  const server = await startServer({ dataDir });
  onTestFinished(() => server.stop());
  const filler = join(dataDir, "filler");
  await run("dd", ["if=/dev/zero", `of=${filler}`, "bs=4k"]).catch(() => undefined);

  const refused = [await sendVisit(server.url, "ann"), await sendVisit(server.url, "bob")];
  const state = await fetch(`${server.url}/v1/state?siteKey=proj_demo&userHash=ann&event=visit`);
  const told = () => server.output.split("\n").filter((line) => line.includes("events can't be stored"));
  await expect.poll(told).toHaveLength(1);
  await rm(filler);
  const stored = await sendVisit(server.url, "ann");

  expect(refused.map(({ status }) => status)).toEqual([503, 503]);
  expect(refused[0]?.headers.get("retry-after")).toBe("1");
  expect(await refused[0]?.json()).toEqual({
    error: "OVERLOADED",
    message:
      "The server's disk is full, so nothing was stored. Send the request again when its operator has made room.",
  });
  expect(JSON.parse(told()[0] as string)).toMatchObject({
    level: 40,
    err: { message: expect.stringContaining("database or disk is full") },
  });
  expect(state.status).toBe(200);
  expect(stored.status).toBe(202);
  await expect.poll(() => server.output).toContain("events can be stored again");
});
