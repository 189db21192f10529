import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createListener, type Listener } from "#src/http/listener/listener.ts";
import type { Serve } from "#src/http/message.ts";
import { defaultInit } from "../../support/listener.ts";
import { createFastPath, text } from "../support.ts";

let folder: string;
let path: string;
let listeners: Listener[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "streakd-unix-"));
  path = join(folder, "streakd.sock");
  listeners = [];
});

afterEach(async () => {
  await Promise.all(listeners.map((listener) => listener.close(0)));
  await rm(folder, { recursive: true });
});

const tellPeer: Serve = async ({ peer }) => text(`peer ${peer}`);

function create(): Listener {
  const listener = createListener({ ...defaultInit(), serve: tellPeer, createFastPath });
  listeners.push(listener);
  return listener;
}

async function ask(): Promise<string> {
  const req = request({ socketPath: path, path: "/", agent: false });
  req.end();
  const [res] = await once(req, "response");
  return readText(res);
}

test("serves on a Unix socket, to clients without an address, and removes it at the end", async () => {
  const listener = create();
  await listener.listen({ path });
  expect(await ask()).toBe("peer undefined");
  await listener.close(0);
  await expect(access(path)).rejects.toThrow("ENOENT");
});

test("only the user and the group may connect", async () => {
  await create().listen({ path });
  expect(((await stat(path)).mode & 0o777).toString(8)).toBe("660");
});

test("takes the place of a socket that a killed process has left behind", async () => {
  const script = `require("net").createServer().listen(process.argv[1], () => console.log("listening"))`;
  const child = spawn(process.execPath, ["--eval", script, path], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
  await access(path);

  await create().listen({ path });
  expect(await ask()).toBe("peer undefined");
});

test("never takes the place of a socket on which somebody listens", async () => {
  await create().listen({ path });
  await expect(create().listen({ path })).rejects.toThrow(/another process does.*HOST/);
  expect(await ask()).toBe("peer undefined");
});

test("of several that want a path at the same moment one gets it", async () => {
  const wanted = Array.from({ length: 6 }, () =>
    create()
      .listen({ path })
      .then(
        () => true,
        () => false,
      ),
  );
  expect((await Promise.all(wanted)).filter((gotIt) => gotIt)).toHaveLength(1);
  expect(await ask()).toBe("peer undefined");
});

test("leaves alone what is no socket", async () => {
  await writeFile(path, "precious");
  await expect(create().listen({ path })).rejects.toThrow(/no socket/);
  expect((await stat(path)).size).toBe("precious".length);
});

test("a folder that is missing is refused with the setting to mend", async () => {
  await expect(create().listen({ path: join(folder, "none", "x.sock") })).rejects.toThrow(/HOST/);
});
