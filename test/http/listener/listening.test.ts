import { Server } from "node:net";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createListener, type Listener } from "#src/http/listener/listener.ts";
import { freePort } from "../../support/free-port.ts";
import { defaultInit } from "../../support/listener.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { echo, GET, start, stopAll, text, Wire } from "../support.ts";

afterEach(stopAll);

describe("listening", () => {
  test("a port in use is refused with the setting to mend", async () => {
    const { port } = await start(echo);
    await expect(createListener({ ...defaultInit(), serve: echo }).listen({ port, host: "127.0.0.1" })).rejects.toThrow(
      /another process[\s\S]*PORT/,
    );
  });

  test.runIf(process.platform === "linux")("takes in many connections at a turn of the event loop", async () => {
    let turn = 0;
    const servedIn: number[] = [];
    const { port } = await start(async () => {
      servedIn.push(turn);
      return text("");
    });
    const wires = Array.from({ length: 200 }, () => new Wire(port));
    await Promise.all(wires.map((wire) => wire.send(GET)));
    while (servedIn.length < wires.length) {
      await new Promise(setImmediate);
      turn += 1;
    }
    const turns = new Set(servedIn).size;
    expect(turns).toBeLessThan(wires.length / 4);
    for (const { socket } of wires) {
      socket.destroy();
    }
  });

  test.runIf(process.platform === "linux")("leaves nothing open when one of its sockets can't be had", async () => {
    const { listen: original } = Server.prototype;
    let opened = 0;
    const listen = vi.spyOn(Server.prototype, "listen").mockImplementation(function (this: Server, ...args) {
      opened += 1;
      if (opened < 5) {
        return original.apply(this, args as Parameters<typeof original>);
      }
      setImmediate(() => this.emit("error", Object.assign(new Error("too many"), { code: "EMFILE" })));
      return this;
    });
    onTestFinished(() => listen.mockRestore());
    const servers = () => process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length;
    const before = servers();

    await expect(
      createListener({ ...defaultInit(), serve: echo }).listen({ port: 0, host: "127.0.0.1" }),
    ).rejects.toThrow(/file descriptors[\s\S]*ulimit/);

    expect(opened).toBeGreaterThan(5);
    await waitUntil(() => servers() <= before);
  });

  test("a connection that can't be accepted is told, and for want of descriptors an idle one is closed", async () => {
    const listen = vi.spyOn(Server.prototype, "listen");
    onTestFinished(() => listen.mockRestore());
    const failures: unknown[] = [];
    const listener = createListener({ ...defaultInit(), serve: echo, onAcceptFailed: (error) => failures.push(error) });
    onTestFinished(() => listener.close(0));
    const { port } = await listener.listen({ port: 0, host: "127.0.0.1" });
    const wire = new Wire(port);
    await wire.send(GET);
    await wire.sees(/200 OK/);

    const server = listen.mock.contexts.at(-1) as Server;
    const error = Object.assign(new Error("accept EMFILE"), { code: "EMFILE" });
    server.emit("error", error);

    expect(failures).toEqual([error]);
    await wire.closed;
  });

  test("a listener that is closed before it listens does not stay", async () => {
    const { listen, close } = createListener({ ...defaultInit(), serve: echo });
    const listening = listen({ port: 0, host: "127.0.0.1" });
    await close(0);
    const { port } = await listening;
    const wire = new Wire(port);
    await wire.closed;
    expect(wire.received).toBe("");
  });

  test("of several that want a port at the same moment one gets it", async () => {
    // One that the system gives to nobody else meanwhile.
    const port = await freePort();
    for (const turns of [0, 1, 2, 3, 4, 5]) {
      const rivals: Listener[] = [];
      // Elsewhere one of both would get it for each of them.
      const hosts = process.platform === "linux" ? ["127.0.0.1", "0.0.0.0"] : ["127.0.0.1"];
      const wanted: Promise<boolean>[] = [];
      while (rivals.length < 6) {
        const rival = createListener({ ...defaultInit(), serve: echo });
        rivals.push(rival);
        wanted.push(
          rival.listen({ port, host: hosts[rivals.length % hosts.length] as string }).then(
            () => true,
            () => false,
          ),
        );
        for (let turn = 0; turn < turns; turn++) {
          await new Promise(setImmediate);
        }
      }
      expect((await Promise.all(wanted)).filter((gotIt) => gotIt)).toHaveLength(1);
      await Promise.all(rivals.map((rival) => rival.close(0)));
    }
  });

  test("a host that is not ours is refused with the setting to mend", async () => {
    await expect(
      createListener({ ...defaultInit(), serve: echo }).listen({ port: 0, host: "192.0.2.1" }),
    ).rejects.toThrow(/Set HOST/);
  });

  test("a port that can't be is refused", async () => {
    await expect(
      createListener({ ...defaultInit(), serve: echo }).listen({ port: 70_000, host: "127.0.0.1" }),
    ).rejects.toThrow(/port/);
  });
});
