import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { adoptPending, keepAdminToken } from "#src/admin-token-file.ts";
import { StartError } from "#src/errors.ts";
import { newFolder } from "../support/folder.ts";

test("a token that is in force is in a file that only its owner can read, in a folder that is made with those above it", async () => {
  const folder = await newFolder();
  const dataDir = join(folder, "below/data");

  const file = await keepAdminToken(dataDir, "the-token", async () => true);

  expect(file).toBe(join(dataDir, "admin-token"));
  expect(await readFile(file as string, "utf8")).toBe("the-token\n");
  expect((await stat(file as string)).mode & 0o777).toBe(0o600);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
});

test("a token that another instance's has beaten leaves no file", async () => {
  const dataDir = await newFolder();
  expect(await keepAdminToken(dataDir, "the-token", async () => false)).toBeUndefined();
  expect(await readdir(dataDir)).toEqual([]);
});

test("when the database fails, the error names the file whose token may be in force", async () => {
  const dataDir = await newFolder();
  const cause = new Error("connection lost");

  const failed = await keepAdminToken(dataDir, "the-token", () => Promise.reject(cause)).catch((error) => error);

  const [name = ""] = await readdir(dataDir);
  expect(await readFile(join(dataDir, name), "utf8")).toBe("the-token\n");
  expect(failed).toBeInstanceOf(StartError);
  expect(failed.message).toContain(
    `(connection lost), so it is unknown whether the new admin token is in force. It is`,
  );
  expect(failed.message).toContain(join(dataDir, name));
  expect(failed.cause).toBe(cause);
});

test("a token that was put into force by a process that was killed then is adopted, and no other is touched", async () => {
  const dataDir = await newFolder();
  await writeFile(join(dataDir, "admin-token.0123456789ab"), "in-force\n");
  await writeFile(join(dataDir, "admin-token.ba9876543210"), "about-to-be\n");

  const path = join(dataDir, "admin-token");
  expect(await adoptPending(dataDir, (token) => token === "in-force")).toEqual({ token: "in-force", path });
  expect((await readdir(dataDir)).toSorted()).toEqual(["admin-token", "admin-token.ba9876543210"]);
  expect(await adoptPending(dataDir, (token) => token === "in-force")).toBeUndefined();
});

test("a token whose file can't have its name is told with the name that it has", async () => {
  const dataDir = await newFolder();
  await mkdir(join(dataDir, "admin-token"));
  const file = await keepAdminToken(dataDir, "the-token", async () => true);
  expect(file).toMatch(/\/admin-token\.[0-9a-f]{12}$/);
  expect(await readFile(file as string, "utf8")).toBe("the-token\n");
});
