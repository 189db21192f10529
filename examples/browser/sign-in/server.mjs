// A site on which visitors sign in. It signs who the visitor is, so nobody can pretend to be somebody else.

import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { makeSigningSecret } from "./try-out.mjs";

const { PORT = "3000", STREAKD_URL = "http://localhost:8080" } = process.env;
const siteKey = process.env.SITE_KEY ?? "sign_in_example";
const secret = process.env.ALIAS_SIGNING_SECRET ?? (await makeSigningSecret(STREAKD_URL, siteKey));
const page = readFileSync(new URL("index.html", import.meta.url), "utf8");

/** How long the body of a request may be, in bytes. */
const MAX_BODY = 10_000;
const NAME = /^[\p{L}\p{N}_]{1,50}$/u;

/** Who uses which browser, by the id in its cookie. On your site, your own sessions know it. */
const sessions = new Map();

/** Signs a token that is valid for some seconds. */
function sign(claims, seconds) {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + seconds;
  const text = `${encode({ alg: "HS256" })}.${encode({ siteKey, ...claims, exp })}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

/** What the page gets: whose streak it shows, and the proof that it may. */
function identityOf({ visitor, user }) {
  const userHash = user ?? visitor;
  return { siteKey, userHash, userToken: sign({ sub: userHash }, 12 * 60 * 60) };
}

/** A browser that has no user yet. The server chooses its visitor id: a page could name somebody else. */
const newVisitor = () => ({ visitor: `anon_${randomUUID()}` });

const routes = {
  "GET /identity": (id) => identityOf(sessions.get(id)),

  // Your site checks a password here, or asks whoever knows the user.
  "POST /sign-in": (id, { name }) => {
    if (typeof name !== "string" || !NAME.test(name)) {
      throw new Refusal(400, "name must be of 1 to 50 letters and digits");
    }
    const session = sessions.get(id);
    session.user = `user_${name}`;
    const aliasToken = sign({ anonymousId: session.visitor, userHash: session.user }, 10 * 60);
    return { ...identityOf(session), aliasToken };
  },

  // A new visitor id, since the old one is the user's from now on.
  "POST /sign-out": (id) => {
    sessions.set(id, newVisitor());
    return identityOf(sessions.get(id));
  },
};

/** A request that is not served: the status of the answer, and why. */
class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Reads the JSON object that a page has sent. */
async function readBody(request) {
  const chunks = [];
  let length = 0;
  // The connection must last until a refusal is sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > MAX_BODY) {
      throw new Refusal(413, `the body must have at most ${MAX_BODY} bytes`);
    }
    chunks.push(chunk);
  }
  try {
    // As one buffer, because a chunk may end within a character.
    return { ...JSON.parse(Buffer.concat(chunks).toString()) };
  } catch {
    throw new Refusal(400, "the body must be JSON");
  }
}

/** Finds the session by the cookie. A new browser gets a new session. */
function sessionOf(request, response) {
  const [, known] = /\bsession=([\w-]+)/.exec(request.headers.cookie ?? "") ?? [];
  if (sessions.has(known)) {
    return known;
  }
  const id = randomUUID();
  sessions.set(id, newVisitor());
  response.setHeader("Set-Cookie", `session=${id}; HttpOnly; SameSite=Lax; Path=/`);
  return id;
}

async function serve(request, response) {
  if (request.url === "/") {
    sessionOf(request, response);
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(page.replaceAll("http://localhost:8080", STREAKD_URL));
    return;
  }
  const route = routes[`${request.method} ${request.url}`];
  if (route === undefined) {
    throw new Refusal(404, "not found");
  }
  const body = request.method === "POST" ? await readBody(request) : undefined;
  sendJson(response, 200, route(sessionOf(request, response), body));
}

function sendJson(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify(body));
}

const server = createServer((request, response) => {
  // A request that fails, or that breaks off, must not end the server.
  serve(request, response).catch((error) => {
    const { status = 500, message } = error;
    if (status === 500) {
      console.error(error);
    }
    // Throws away what is left of the body.
    request.resume();
    sendJson(response, status, { message: status === 500 ? "something went wrong" : message });
  });
});
server.listen(Number(PORT), "localhost", () => console.log(`Open http://localhost:${PORT}`));
