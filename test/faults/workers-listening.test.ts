import { access, copyFile, mkdtemp, rm } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { useCertificates } from "../support/certificates.ts";
import { loopHttp1, loopHttp2 } from "../support/closed-loop.ts";
import { useMongo } from "../support/mongo.ts";
import { type Server, startServer } from "../support/server.ts";

const WORKERS = 2;

const mongo = useMongo();
const certificates = useCertificates();

async function startWorkers(env: Readonly<Record<string, string>>): Promise<Server> {
  const server = await startServer({ env: { MONGODB_URI: mongo.server.uri(), WORKERS: `${WORKERS}`, ...env } });
  onTestFinished(() => server.stop());
  await expect.poll(() => server.output.match(/"msg":"listening"/g)).toHaveLength(WORKERS);
  return server;
}

/** Whose certificates some new clients are shown: enough for every worker to have served one. */
function shownBy({ port }: Server): Promise<string[]> {
  const one = () =>
    new Promise<string>((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      }).on("error", reject);
    });
  return Promise.all(Array.from({ length: 4 * WORKERS }, one));
}

test("workers serve over TLS, and all read the certificate again at a SIGHUP", async () => {
  const { folder, server: old, next } = certificates.made;
  const [certFile, keyFile] = [join(folder, "workers.pem"), join(folder, "workers.key")];
  await copyFile(old.certFile, certFile);
  await copyFile(old.keyFile, keyFile);
  const server = await startWorkers({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });
  expect(new Set(await shownBy(server))).toEqual(new Set(["server"]));

  await copyFile(next.certFile, certFile);
  await copyFile(next.keyFile, keyFile);
  server.signal("SIGHUP");

  await expect.poll(async () => new Set(await shownBy(server))).toEqual(new Set(["next"]));
});

test("workers serve one Unix socket, which is gone afterwards, and of which a killed one leaves nothing in the way", async () => {
  const folder = await mkdtemp(join(tmpdir(), "streakd-unix-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "streakd.sock");

  const killed = await startWorkers({ HOST: `unix:${path}` });
  await killed.kill("SIGKILL");
  const server = await startWorkers({ HOST: `unix:${path}` });
  const answer = await new Promise<string>((resolve, reject) =>
    get({ socketPath: path, path: "/readyz", agent: false }, (response) => resolve(text(response))).on("error", reject),
  );
  expect(answer).toBe('{"status":"ready"}');
  await server.stop();
  await expect(access(path)).rejects.toThrow("ENOENT");
});

test("workers that drain answer all their clients until each is told that its connection ends", async () => {
  const server = await startWorkers({ SHUTDOWN_DRAIN_MS: "600000" });
  const request = { method: "GET", path: "/v1/state?siteKey=proj_demo&userHash=u&event=visit" };
  const until = { isOver: () => false, goesOn: false };
  const tallies = [loopHttp1, loopHttp2].flatMap((loop) =>
    Array.from({ length: 16 }, () => loop(server.port, request, until)),
  );

  void server.kill("SIGTERM");
  for (const { failures } of await Promise.all(tallies)) {
    expect(failures).toEqual([]);
  }
  await server.kill("SIGKILL");
});
