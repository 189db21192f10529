import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { useCertificates } from "../support/certificates.ts";
import { startServer } from "../support/server.ts";
import { root } from "../support/tools.ts";

const run = promisify(execFile);

const certificates = useCertificates();

/** Runs the health check of the image with some settings. Rejects when it fails. */
async function check(env: Readonly<Record<string, string>>): Promise<void> {
  const options = { cwd: root, env: { PATH: process.env.PATH, ...env } };
  await run(process.execPath, ["--disable-warning=ExperimentalWarning", "src/main.ts", "health"], options);
}

test.each<[string, () => Record<string, string>]>([
  ["in cleartext", () => ({})],
  [
    "over TLS, also when clients need a certificate of an authority that has certified the server",
    () => {
      const { certFile, keyFile } = certificates.made.server;
      return { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, TLS_CLIENT_CA_FILE: certFile };
    },
  ],
])("the health check of the image asks a server of the same settings, %s", async (_, settings) => {
  const env = settings();
  const server = await startServer({ env });
  await check({ HOST: "127.0.0.1", PORT: String(server.port), ...env });
  await server.stop();
  // Not the port of this server, which another test's server may have by now.
  await expect(check({ HOST: "127.0.0.1", PORT: "1", ...env })).rejects.toMatchObject({ code: 1 });
});

test("the health check of the image asks on a Unix socket", async () => {
  const folder = await mkdtemp(join(tmpdir(), "streakd-unix-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const env = { HOST: `unix:${join(folder, "streakd.sock")}` };
  await using _ = await startServer({ env });
  await check(env);
});

test("the health check of the image says that the certificate's key can't be used", async () => {
  const { certFile } = certificates.made.server;
  for (const keyFile of ["/nowhere/key.pem", join(root, "package.json")]) {
    const failure = await check({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile }).catch((error) => error);
    expect([failure.code, failure.stderr]).toEqual([
      1,
      expect.stringMatching(/^streakd is not ready: TLS_CERT_FILE and TLS_KEY_FILE can't be used \(.*\n$/),
    ]);
  }
});

test("the health check of the image says which setting is wrong", async () => {
  const failure = await check({ PORT: "http" }).catch((error) => error);
  expect([failure.code, failure.stderr]).toEqual([
    1,
    expect.stringMatching(/^streakd is not ready: PORT must be .*\n$/),
  ]);
});
