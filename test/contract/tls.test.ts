import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { readConfig } from "#src/config/config.ts";
import { useCertificates } from "../support/certificates.ts";
import { type Server, startServer } from "../support/server.ts";

const certificates = useCertificates();

async function start(certFile: string, keyFile: string): Promise<Server> {
  const server = await startServer({
    env: { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, ADMIN_TOKEN: "" },
  });
  onTestFinished(() => server.stop());
  return server;
}

/** Whose certificate a new client is shown. */
function shownBy({ port }: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    }).on("error", reject);
  });
}

test("the log and the first start's curl lines say https", async () => {
  const { certFile, keyFile } = certificates.made.server;
  const server = await start(certFile, keyFile);
  expect(server.url).toBe(`https://127.0.0.1:${server.port}`);
  expect(server.output).toContain(`curl -X POST ${server.url}/v1/e`);
  expect(server.output).toMatch(/"names":"DNS:localhost, IP Address:127.0.0.1".*"TLS certificate in use"/);
});

test("a SIGHUP has the certificate read again, and ends nothing", async () => {
  const { folder, server: old, next } = certificates.made;
  const [certFile, keyFile] = [join(folder, "hangup.pem"), join(folder, "hangup.key")];
  await copyFile(old.certFile, certFile);
  await copyFile(old.keyFile, keyFile);
  const server = await start(certFile, keyFile);

  await copyFile(next.certFile, certFile);
  await copyFile(next.keyFile, keyFile);
  server.signal("SIGHUP");

  await expect.poll(() => shownBy(server)).toBe("next");
});

test("a certificate that is not valid any more is used, with a warning", async () => {
  const { certFile, keyFile } = certificates.made.expired;
  const server = await start(certFile, keyFile);
  expect(await shownBy(server)).toBe("expired");
  expect(server.output).toMatch(/"level":40,.*not valid today/);
});

test("files that can't be used end the start with the setting to mend, and cost no admin token", async () => {
  const { server, next } = certificates.made;
  const failure = await start(server.certFile, next.keyFile).catch((error) => error);
  expect(failure.message).toMatch(/TLS_KEY_FILE: the key in .* does not belong/);
  expect(failure.message).not.toMatch(/adm_| {4}at /);
});

test.each([
  [{ TLS_CERT_FILE: "cert.pem" }, "TLS_KEY_FILE is missing"],
  [{ TLS_KEY_FILE: "key.pem" }, "TLS_CERT_FILE is missing"],
  [{ TLS_CLIENT_CA_FILE: "ca.pem" }, "TLS_CLIENT_CA_FILE needs TLS_CERT_FILE"],
])("%j alone is refused", (environment, message) => {
  expect(() => readConfig(environment)).toThrow(message);
});

test("over TLS, where connections take more memory, fewer are allowed unless the operator says how many", () => {
  const tls = { TLS_CERT_FILE: "cert.pem", TLS_KEY_FILE: "key.pem" };
  const most = (environment: Record<string, string>) => readConfig(environment).limits.maxConnections;
  expect([most({}), most(tls), most({ ...tls, MAX_CONNECTIONS: "10000" })]).toEqual([20_000, 6_000, 10_000]);
});
