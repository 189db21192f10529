import { once } from "node:events";
import { get } from "node:http";
import { connect, createServer, type Socket } from "node:net";

/** How often an instance is asked whether it is ready, in milliseconds. */
const CHECK_MS = 20;

/** A load balancer of TCP connections. It knows nothing of what is said on them. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** What went wrong between it and an instance, such as a reset. */
  readonly failures: readonly string[];
  /** Sends connections to an instance too, as long as that says on `/readyz` that it is ready. */
  add(port: number): void;
  /** Forgets an instance that has ended. */
  remove(port: number): void;
}

/** Starts a load balancer. */
export async function startTcpProxy(): Promise<TcpProxy> {
  const failures: string[] = [];
  const instances = new Map<number, { isReady: boolean; check?: NodeJS.Timeout }>();
  const sockets = new Set<Socket>();
  let turn = 0;

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const ready = [...instances].filter(([, { isReady }]) => isReady).map(([port]) => port);
    const port = ready[turn++ % ready.length];
    if (port === undefined) {
      failures.push("no instance is ready");
      client.destroy();
      return;
    }
    const upstream = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    join(client, upstream);
  });

  function join(client: Socket, upstream: Socket): void {
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("close", () => sockets.delete(one));
      one.on("error", (error) => {
        if (one === upstream) {
          failures.push(String(error));
        }
        other.resetAndDestroy();
      });
    }
  }

  async function check(port: number): Promise<void> {
    const status = await ask(port);
    const instance = instances.get(port);
    if (instance !== undefined) {
      instance.isReady = status === 200;
      instance.check = setTimeout(check, CHECK_MS, port);
    }
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as { port: number }).port,
    failures,
    add(port) {
      instances.set(port, { isReady: true });
      void check(port);
    },
    remove(port) {
      clearTimeout(instances.get(port)?.check);
      instances.delete(port);
    },
    async [Symbol.asyncDispose]() {
      for (const { check } of instances.values()) {
        clearTimeout(check);
      }
      instances.clear();
      for (const socket of sockets) {
        socket.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function ask(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get({ port, host: "127.0.0.1", path: "/readyz", agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", () => resolve(undefined));
  });
}
