import type { Socket } from "node:net";
import type { CreateFastPath } from "../fast-path.ts";
import { FastConnection } from "./connection.ts";

/**
 * Serves HTTP/1.1 from the bytes on the socket, as far as requests come whole and in the one form that leaves nothing to
 * interpret, which is nearly all of them. Node's server makes two streams and a dozen events of each request, which costs
 * more than all that streakd does for it. As soon as anything else comes on a connection it is Node's, for good: the corners
 * of HTTP stay Node's.
 */
export const createFastPath: CreateFastPath = (init) => {
  const busy = new Set<Socket>();
  let isClosing = false;
  return {
    busy,
    serve(socket) {
      new FastConnection(socket, init, {
        setBusy: (isBusy) => (isBusy ? busy.add(socket) : busy.delete(socket)),
        isClosing: () => isClosing,
      });
    },
    close() {
      isClosing = true;
    },
  };
};
