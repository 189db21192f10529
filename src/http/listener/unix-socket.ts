import { chmod, lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { StartError } from "../../errors.ts";

/** Who may connect to the socket: the user and the group that streakd runs as. */
const MODE = 0o660;

/**
 * Removes the socket that a killed process has left behind. Rejects with a StartError when another process listens on
 * the socket, or when the path is no socket.
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) {
    return;
  }
  if (!found.isSocket()) {
    throw new StartError(`Can't listen on ${path}: there is a file that is no socket. Remove it, or change HOST.`);
  }
  if (await isListening(path)) {
    throw explainSocketError({ code: "EADDRINUSE" }, path);
  }
  await unlink(path);
}

/** Lets the group connect too, and nobody else. */
export async function restrict(path: string): Promise<void> {
  await chmod(path, MODE);
}

/** What to tell the operator when a path can't be listened on. */
export function explainSocketError(cause: Partial<NodeJS.ErrnoException>, path: string): StartError {
  return new StartError(`Can't listen on ${path}: ${mend(cause)}`, { cause });
}

function mend({ code, message }: Partial<NodeJS.ErrnoException>): string {
  switch (code) {
    case "EADDRINUSE":
      return "another process does. Stop it, or change HOST.";
    // libuv reports a folder that is missing as one without permission.
    case "EACCES":
      return "its folder is missing, or this process may not write to it. Make it, or change HOST.";
    default:
      return `${message}. Check HOST.`;
  }
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => resolve(true));
    // If this process may not connect, it is safer to assume that another process listens.
    socket.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code !== "ECONNREFUSED" && code !== "ENOENT"));
    socket.once("connect", () => socket.destroy());
  });
}
