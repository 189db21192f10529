import cluster from "node:cluster";
import { type AddressInfo, createServer, type ListenOptions, type Server } from "node:net";
import { StartError } from "../../errors.ts";

/**
 * How many sockets listen on the port. Node accepts one connection per socket and turn. An overloaded server has some
 * hundred turns a second, and health checks would wait behind other new connections.
 */
const SOCKETS = 16;

/** The options of accepted connections. They stay open after the client has ended its side. */
export const SOCKET_OPTIONS = {
  allowHalfOpen: true,
  noDelay: true,
  // When the kernel starts to probe a silent peer, so that the socket of a lost peer is freed.
  keepAlive: true,
  keepAliveInitialDelay: 60_000,
};

/** A port that is being listened on. */
export interface Port {
  readonly address: AddressInfo;
  /** Stops accepting at once. Resolves when no connection is left. */
  close(): Promise<void>;
}

/**
 * Makes a server listen; port 0 takes any free port. Rejects with a message that names the setting to change.
 *
 * @param onError learns of later failures, such as a connection that can't be accepted
 */
export async function listen(
  server: Server,
  port: number,
  host: string,
  onError: (error: unknown) => void,
): Promise<Port> {
  // The primary accepts for its workers. It gives a worker one connection per turn, because it waits for the worker's
  // answer.
  const isShared = process.platform === "linux" && !cluster.isWorker;
  const opened: Server[] = [];
  const name = createServer((socket) => socket.destroy());
  const openOne = async (one: Server, how: ListenOptions) => {
    opened.push(one);
    await open(one, how, onError);
  };
  const closeAll = async () => {
    await Promise.all(opened.map(close));
  };
  try {
    if (isShared && port !== 0) {
      // Two streakd processes could share the port by mistake. So the port is first opened alone. Two processes that
      // start at once could both pass that test; only one of them can have the name, an abstract socket.
      await openOne(name, { path: `\0streakd ${port}` });
      await close(await open(createServer(), { port, host }, onError));
    }
    await openOne(server, { port, host, reusePort: isShared });
    await close(name);
    const address = server.address() as AddressInfo;
    const same = { port: address.port, host: address.address, reusePort: true };
    const others = Array.from({ length: isShared ? SOCKETS - 1 : 0 }, () =>
      createServer(SOCKET_OPTIONS, (socket) => server.emit("connection", socket)),
    );
    await Promise.all(others.map((other) => openOne(other, same)));
    return { address, close: closeAll };
  } catch (error) {
    await closeAll();
    throw explainListenError(error as NodeJS.ErrnoException, port, host);
  }
}

function open(server: Server, options: ListenOptions, onError: (error: unknown) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, () => {
      server.off("error", reject);
      // A connection that can't be accepted (no file descriptors left, say) is reported here. It must not end the
      // process.
      server.on("error", onError);
      resolve(server);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function explainListenError(cause: NodeJS.ErrnoException, port: number, host: string): StartError {
  return new StartError(`Can't listen on ${host} port ${port}: ${mend(cause)}`, { cause });
}

function mend(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "EADDRINUSE":
      return "another process uses the port. Stop it, or set PORT to a free one.";
    case "EACCES":
      return "this process may not use the port. Set PORT to 1024 or above, or grant the privilege.";
    case "EADDRNOTAVAIL":
    case "EAI_AGAIN":
    case "ENOTFOUND":
      return "the host is no address of this machine. Set HOST to one, or to 0.0.0.0 for all.";
    case "EMFILE":
    case "ENFILE":
      return "there are not enough file descriptors. Let the process have more of them: ulimit -n, or LimitNOFILE of systemd.";
    default:
      return `${error.message}. Check PORT and HOST.`;
  }
}
