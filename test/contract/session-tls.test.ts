import { connect } from "node:http2";
import { text as readText } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { ADMIN_TOKEN } from "../support/app.ts";
import { useCertificates } from "../support/certificates.ts";
import { startServer } from "../support/server.ts";

const certificates = useCertificates();

test("over TLS the cookie is Secure and this host's own, and counts in requests of the same origin", async () => {
  const { certFile, keyFile } = certificates.made.server;
  const server = await startServer({ env: { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, ADMIN_TOKEN } });
  onTestFinished(() => server.stop());
  const client = connect(server.url, { rejectUnauthorized: false });
  onTestFinished(() => client.close());

  async function ask(method: string, path: string, headers: Record<string, string>, body?: object) {
    const stream = client.request({
      ...{ ":method": method, ":path": path, ...headers },
      ...(body && { "content-type": "application/json" }),
    });
    const answered = new Promise<Record<string, unknown>>((resolve) => stream.once("response", resolve));
    stream.end(body && JSON.stringify(body));
    const { ":status": status, "set-cookie": cookies } = await answered;
    await readText(stream);
    return { status, cookie: (cookies as string[] | undefined)?.[0] ?? "" };
  }

  const origin = server.url;
  const { status, cookie } = await ask("POST", "/admin/session", { origin }, { token: ADMIN_TOKEN });
  expect(status).toBe(201);
  expect(cookie).toMatch(
    /^__Host-streakd_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  );
  const signedIn = { cookie: cookie.split(";")[0] as string };
  const create = (headers: Record<string, string>, siteKey: string) =>
    ask("POST", "/admin/projects", { ...signedIn, ...headers }, { siteKey });
  expect((await create({ origin }, "a")).status).toBe(201);
  expect((await create({ "sec-fetch-site": "same-origin" }, "b")).status).toBe(201);
  expect((await create({ origin: origin.replace("https:", "http:") }, "c")).status).toBe(403);
  expect((await create({}, "c")).status).toBe(403);
});
