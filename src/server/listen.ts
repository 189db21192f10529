import type { AddressInfo, Server } from "node:net";
import { StartError } from "../errors.ts";

/**
 * Starts a server's listening; port 0 takes any free port. Rejects with a message that names the setting to mend.
 *
 * @param onError learns of what goes wrong with the server itself afterwards, such as a connection that it could not
 * accept.
 */
export function listen(
  server: Server,
  port: number,
  host: string,
  onError: (error: unknown) => void,
): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => reject(explainListenError(error, port, host));
    server.once("error", refuse);
    server.listen(port, host, () => {
      server.off("error", refuse);
      // A connection that can't be accepted (no file descriptors left, say) is reported here; it must not end us.
      server.on("error", onError);
      resolve(server.address() as AddressInfo);
    });
  });
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
    default:
      return `${error.message}. Check PORT and HOST.`;
  }
}
