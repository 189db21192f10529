// A site on which visitors sign in. It signs who the visitor is, so nobody can pretend to be somebody else.

import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { makeSigningSecret } from "./try-out.mjs";

const { PORT = "3000", STREAKD_URL = "http://localhost:8080" } = process.env;
const siteKey = process.env.SITE_KEY ?? "sign_in_example";
const secret = process.env.ALIAS_SIGNING_SECRET ?? (await makeSigningSecret(STREAKD_URL, siteKey));
const page = readFileSync(new URL("index.html", import.meta.url), "utf8");

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

const server = createServer(async (request, response) => {
  let [, id] = /\bsession=([\w-]+)/.exec(request.headers.cookie ?? "") ?? [];
  if (!sessions.has(id)) {
    id = randomUUID();
    sessions.set(id, newVisitor());
    response.setHeader("Set-Cookie", `session=${id}; HttpOnly; SameSite=Lax; Path=/`);
  }
  if (request.url === "/") {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(page.replaceAll("http://localhost:8080", STREAKD_URL));
    return;
  }
  const route = routes[`${request.method} ${request.url}`];
  const body = (await request.toArray()).join("");
  response.writeHead(route ? 200 : 404, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify(route?.(id, body && JSON.parse(body))));
});
server.listen(Number(PORT), "localhost", () => console.log(`Open http://localhost:${PORT}`));
