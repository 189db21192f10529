import cluster from "node:cluster";
import { type AddressInfo, createServer, type ListenOptions, type Server, type Socket } from "node:net";
import { StartError } from "../../errors.ts";
import { explainSocketError, removeStaleSocket, restrict } from "./unix-socket.ts";

/**
 * How many sockets listen on the port. Node accepts one connection per socket and turn. An overloaded server has some
 * hundred turns a second, and health checks would wait behind other new connections.
 */
const SOCKETS = 128;

/** The options of accepted connections. They stay open after the client has ended its side. */
export const SOCKET_OPTIONS = {
  allowHalfOpen: true,
  noDelay: true,
  // Below one read, so that a connection that waits for its turn is read once, and not twice.
  highWaterMark: 16 * 1024,
  // When the kernel starts to probe a silent peer, so that the socket of a lost peer is freed.
  keepAlive: true,
  keepAliveInitialDelay: 60_000,
};

/** Where to listen: on a TCP port, of which 0 takes any free one, or on a Unix socket. */
export type Place = TcpPlace | UnixPlace;

interface TcpPlace {
  readonly port: number;
  readonly host: string;
}

interface UnixPlace {
  /** An absolute path. */
  readonly path: string;
}

/** A port that is being listened on. */
export interface Port {
  /** Of a Unix socket it is the path, with port 0. */
  readonly address: AddressInfo;
  /** Stops accepting at once. Resolves when no connection is left. */
  close(): Promise<void>;
}

/** What learns of connections. */
export interface Acceptor {
  readonly accept: (socket: Socket) => void;
  /** Learns that a connection can't be accepted, such as for want of file descriptors. */
  readonly onError: (error: NodeJS.ErrnoException) => void;
}

/** Listens. Rejects with a message that names the setting to change. */
export function listen(acceptor: Acceptor, place: Place): Promise<Port> {
  return "path" in place ? listenOnUnixSocket(acceptor, place) : listenOnTcpPort(acceptor, place);
}

/**
 * Removes what a killed process has left behind at a Unix socket's path, before several workers listen there. Rejects
 * as {@link listen} does.
 */
export async function preparePath(path: string): Promise<void> {
  await removeStaleSocket(path);
}

async function listenOnTcpPort(acceptor: Acceptor, { port, host }: TcpPlace): Promise<Port> {
  // The primary accepts for its workers. It gives a worker one connection per turn, because it waits for the worker's
  // answer.
  const isShared = process.platform === "linux" && !cluster.isWorker;
  const opened: Server[] = [];
  const openOne = (how: ListenOptions) => open(acceptor, how, opened);
  try {
    const address = await alone(isShared && port !== 0 ? String(port) : undefined, async () => {
      if (isShared && port !== 0) {
        // Two streakd processes could share the port by mistake. So the port is first opened alone.
        await close(await open(acceptor, { port, host }));
      }
      const server = await openOne({ port, host, reusePort: isShared });
      return server.address() as AddressInfo;
    });
    const same = { port: address.port, host: address.address, reusePort: true };
    await Promise.all(Array.from({ length: isShared ? SOCKETS - 1 : 0 }, () => openOne(same)));
    return { address, close: () => closeAll(opened) };
  } catch (error) {
    await closeAll(opened);
    throw explainListenError(error as NodeJS.ErrnoException, port, host);
  }
}

/**
 * Only this process's user and group may connect to the socket. It takes the place of one that a process has left
 * behind which was killed, and is removed by `close`.
 */
async function listenOnUnixSocket(acceptor: Acceptor, { path }: UnixPlace): Promise<Port> {
  const opened: Server[] = [];
  try {
    // For workers the primary has called `preparePath`: to a worker, the others' socket would look left behind.
    await alone(cluster.isWorker ? undefined : path, async () => {
      if (!cluster.isWorker) {
        await removeStaleSocket(path);
      }
      await open(acceptor, { path }, opened);
      await restrict(path);
    });
    return { address: { address: path, family: "unix", port: 0 }, close: () => closeAll(opened) };
  } catch (error) {
    await closeAll(opened);
    throw error instanceof StartError ? error : explainSocketError(error as NodeJS.ErrnoException, path);
  }
}

/**
 * Does work on a port or a path that only one process of the machine may do at a time. Otherwise two processes that
 * start at once could both find that nobody else listens. The lock is the name of an abstract socket, which only Linux
 * has.
 */
async function alone<T>(name: string | undefined, work: () => Promise<T>): Promise<T> {
  if (name === undefined || process.platform !== "linux") {
    return work();
  }
  const nobody: Acceptor = { accept: (socket) => socket.destroy(), onError() {} };
  const held = await open(nobody, { path: `\0streakd ${name}` });
  try {
    return await work();
  } finally {
    await close(held);
  }
}

/** @param opened gets the server at once, so that it can be closed whatever becomes of it */
function open({ accept, onError }: Acceptor, options: ListenOptions, opened: Server[] = []): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(SOCKET_OPTIONS, accept);
    opened.push(server);
    server.once("error", reject);
    server.listen(options, () => {
      server.off("error", reject);
      // A connection that can't be accepted is reported here. It must not end the process.
      server.on("error", onError);
      resolve(server);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map(close));
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
