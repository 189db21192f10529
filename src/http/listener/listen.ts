import cluster from "node:cluster";
import { type AddressInfo, createServer, type ListenOptions, type Server, type ServerOpts } from "node:net";
import { StartError } from "../../errors.ts";

/**
 * How many sockets listen on the port, where the system can share one out. Node accepts one connection from each in a turn
 * of its event loop, of which an overloaded server has some hundred a second: health checks would queue behind all others
 * that come then.
 */
const SOCKETS = 16;

/** A port that is being listened on. */
export interface Port {
  readonly address: AddressInfo;
  /** Stops accepting at once. Resolves when no connection is left. */
  close(): Promise<void>;
}

/**
 * Starts a server's listening; port 0 takes any free port. Rejects with a message that names the setting to mend.
 *
 * @param options what `server` was made with, as far as it is about its connections
 * @param onError learns of what goes wrong with the listening afterwards, such as a connection that could not be accepted
 */
export async function listen(
  server: Server,
  options: ServerOpts,
  port: number,
  host: string,
  onError: (error: unknown) => void,
): Promise<Port> {
  // The primary accepts for its workers, and hands each a connection in a turn, since it waits for an answer before the next.
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
      // Sockets that share a port would share it with another streakd, too: so it is asked for alone first. Of two that
      // start at the same moment, one could ask while the other has asked and not taken it yet: hence the name, which
      // only one can have (it is no file, but the kernel's).
      await openOne(name, { path: `\0streakd ${port}` });
      await close(await open(createServer(), { port, host }, onError));
    }
    await openOne(server, { port, host, reusePort: isShared });
    await close(name);
    const address = server.address() as AddressInfo;
    const same = { port: address.port, host: address.address, reusePort: true };
    const others = Array.from({ length: isShared ? SOCKETS - 1 : 0 }, () =>
      createServer(options, (socket) => server.emit("connection", socket)),
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
      // A connection that can't be accepted (no file descriptors left, say) is reported here; it must not end us.
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
