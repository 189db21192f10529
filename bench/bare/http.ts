/**
 * The least that Node can do for an event and for a state: node:http, the body parsed, a fixed answer. `STATE` is the body
 * of the state answer.
 */
import { createServer } from "node:http";
import { announce } from "../measure/announce.ts";

const state = Buffer.from(process.env.STATE ?? "");

const server = createServer((request, response) => {
  if (request.method === "GET") {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": state.length });
    response.end(state);
    return;
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const event = JSON.parse(Buffer.concat(chunks).toString());
    const answer = typeof event.userHash === "string" ? '{"ok":true}' : '{"ok":false}';
    response.writeHead(202, { "Content-Type": "application/json", "Content-Length": answer.length });
    response.end(answer);
  });
});
announce(server);
