import { once } from "node:events";
import { connect } from "node:net";

/** How many requests of one connection may wait for their answers. */
const WINDOW = 64;

/**
 * Sends requests over one HTTP/1.1 connection without waiting for each answer, as fast as a client can be.
 *
 * @param next makes the body of each request
 * @param onAnswer is told the status of each answer
 */
export async function pipeline(
  { port, path }: { readonly port: number; readonly path: string },
  count: number,
  next: () => string,
  onAnswer: (status: number) => void,
): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  let sent = 0;
  let answered = 0;
  let rest = "";

  function fill(): void {
    let requests = "";
    for (; sent < count && sent < answered + WINDOW; sent++) {
      const body = next();
      requests += `POST ${path} HTTP/1.1\r\nHost: test\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    }
    socket.write(requests);
  }

  socket.setEncoding("latin1").on("data", (text: string) => {
    rest += text;
    for (;;) {
      const [head, length] = /^HTTP.*?\r\ncontent-length: (\d+).*?\r\n\r\n/is.exec(rest) ?? [];
      if (head === undefined || rest.length < head.length + Number(length)) {
        break;
      }
      onAnswer(Number(head.slice(9, 12)));
      answered += 1;
      rest = rest.slice(head.length + Number(length));
    }
    if (answered === count) {
      socket.end();
    } else if (answered + WINDOW / 2 >= sent) {
      fill();
    }
  });
  fill();
  await once(socket, "close");
  if (answered < count) {
    throw new Error(`the connection broke after ${answered} of ${count} answers`);
  }
}
