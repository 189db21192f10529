import { createPrivateKey } from "node:crypto";
import { copyFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { isValidAt, readCertificate, type TlsFiles } from "#src/http/tls/certificate.ts";
import { watchCertificate } from "#src/http/tls/watch-certificate.ts";
import { type KeyPair, useCertificates } from "../../support/certificates.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { echo, GET } from "../support.ts";
import { askTls, connectTls, filesOf, startTls, stopTls } from "./support.ts";

const certificates = useCertificates();

afterEach(stopTls);

const LAST_GET = GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");

/** Copies of the server's files, which a test may change. */
async function ownFiles(name: string): Promise<TlsFiles> {
  const { folder, server } = certificates.made;
  const files = {
    certFile: join(folder, `${name}.pem`),
    keyFile: join(folder, `${name}.key`),
    clientCaFile: undefined,
  };
  await copyFile(server.certFile, files.certFile);
  await copyFile(server.keyFile, files.keyFile);
  return files;
}

/** Whose certificate a new client is shown. */
async function shownTo(port: number): Promise<string | undefined> {
  const socket = await connectTls(port, { rejectUnauthorized: false });
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

test("changed files are taken into use without a restart, and open connections stay", async () => {
  const files = await ownFiles("changed");
  const { port } = await startTls(echo, files);
  const open = await connectTls(port, { rejectUnauthorized: false });
  expect(await shownTo(port)).toBe("server");

  const { next } = certificates.made;
  await copyFile(next.certFile, files.certFile);
  await copyFile(next.keyFile, files.keyFile);

  await waitUntil(async () => (await shownTo(port)) === "next");
  open.write(LAST_GET);
  expect(String((await open.toArray()).join(""))).toContain("200 OK");
});

test("a link that is renamed over another is seen, as Kubernetes changes what it mounts", async () => {
  const { folder, server, next } = certificates.made;
  const link = (name: string) => join(folder, name);
  for (const [pair, name] of [
    [server, "old"],
    [next, "new"],
  ] as [KeyPair, string][]) {
    await symlink(pair.certFile, link(`..${name}.pem`));
    await symlink(pair.keyFile, link(`..${name}.key`));
  }
  const files = { certFile: link("..old.pem"), keyFile: link("..old.key"), clientCaFile: undefined };
  const { port } = await startTls(echo, files);

  await rename(link("..new.key"), files.keyFile);
  await rename(link("..new.pem"), files.certFile);

  await waitUntil(async () => (await shownTo(port)) === "next");
});

test("a pair of which only half is written changes nothing, and is told once", async () => {
  const files = await ownFiles("half");
  const { port, problems, reloads } = await startTls(echo, files);
  const { next } = certificates.made;

  await copyFile(next.certFile, files.certFile);
  process.emit("SIGHUP");
  process.emit("SIGHUP");
  await waitUntil(() => problems.length === 1);
  expect(problems).toEqual([expect.stringContaining("TLS_KEY_FILE")]);
  expect(await shownTo(port)).toBe("server");

  await writeFile(files.keyFile, next.key.slice(0, 50));
  process.emit("SIGHUP");
  await waitUntil(() => problems.length > 1);
  expect(await shownTo(port)).toBe("server");

  await copyFile(next.keyFile, files.keyFile);
  process.emit("SIGHUP");
  await waitUntil(async () => (await shownTo(port)) === "next");
  expect(problems).toHaveLength(2);
  expect(reloads).toEqual([certificates.made.server.cert, next.cert]);
});

test("a certificate that could not be taken into use is tried again", async () => {
  const files = await ownFiles("again");
  const { next } = certificates.made;
  const tried: string[] = [];
  const problems: unknown[] = [];
  const stop = watchCertificate(
    files,
    await readCertificate(files),
    ({ cert }) => {
      tried.push(cert);
      if (tried.length === 1) {
        throw new Error("OpenSSL can't use it");
      }
    },
    (error) => problems.push(error),
  );
  onTestFinished(stop);
  await copyFile(next.keyFile, files.keyFile);
  await copyFile(next.certFile, files.certFile);
  process.emit("SIGHUP");
  process.emit("SIGHUP");
  await waitUntil(() => tried.length === 2);
  expect({ tried, problems: `${problems}` }).toEqual({
    tried: [next.cert, next.cert],
    problems: "Error: OpenSSL can't use it",
  });
});

test("no request fails while the certificate changes again and again", async () => {
  const files = await ownFiles("under-load");
  const { port, reloads, errors } = await startTls(echo, files);
  const { server, next } = certificates.made;
  let isOver = false;
  let answered = 0;
  const clients = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      expect(await askTls(port, { rejectUnauthorized: false }, LAST_GET)).toContain("200 OK");
      answered += 1;
    }
  });

  for (let change = 0; change < 10; change++) {
    const { certFile, keyFile } = change % 2 === 0 ? next : server;
    await copyFile(certFile, files.certFile);
    await copyFile(keyFile, files.keyFile);
    process.emit("SIGHUP");
    await waitUntil(() => reloads.length === change + 2);
    const before = answered;
    await waitUntil(() => answered > before);
  }
  isOver = true;
  await Promise.all(clients);
  expect(errors).toEqual([]);
});

test("with an authority for clients, only a client that it has certified is served", async () => {
  const { server, ca, client, stranger } = certificates.made;
  const { port, errors } = await startTls(echo, filesOf(certificates.made, ca.certFile));
  const ask = (pair: Partial<KeyPair>) =>
    askTls(port, { ca: server.cert, cert: pair.cert, key: pair.key }, LAST_GET).catch((error) => String(error));

  expect(await ask(client)).toContain("200 OK");
  expect(await ask({})).not.toContain("HTTP");
  expect(await ask(stranger)).not.toContain("HTTP");
  expect(errors).toEqual([]);
});

test.each<[string, (files: TlsFiles) => Promise<Partial<TlsFiles>>, RegExp]>([
  [
    "a file that is missing",
    async () => ({ certFile: "/no/such.pem" }),
    /TLS_CERT_FILE: \/no\/such.pem .*no such file/,
  ],
  ["a folder", async () => ({ keyFile: "/tmp" }), /TLS_KEY_FILE: \/tmp .*folder/],
  ["no certificate", async ({ keyFile }) => ({ certFile: keyFile }), /TLS_CERT_FILE: .* holds no certificate in PEM/],
  ["no key", async ({ certFile }) => ({ keyFile: certFile }), /TLS_KEY_FILE: .* holds no private key in PEM/],
  [
    "a key of another certificate",
    async () => ({ keyFile: certificates.made.next.keyFile }),
    /TLS_KEY_FILE: the key .* does not belong/,
  ],
  ["no authority", async ({ keyFile }) => ({ clientCaFile: keyFile }), /TLS_CLIENT_CA_FILE: .* holds no certificate/],
])("%s is refused at the start, with the setting to mend", async (_, change, message) => {
  const files = filesOf(certificates.made);
  await expect(startTls(echo, { ...files, ...(await change(files)) })).rejects.toThrow(message);
});

test("an encrypted key is refused, with how to decrypt it", async () => {
  const { folder, server } = certificates.made;
  const encrypted = createPrivateKey(server.key).export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "secret",
  });
  const keyFile = join(folder, "encrypted.key");
  await writeFile(keyFile, encrypted);
  onTestFinished(() => rm(keyFile));
  await expect(readCertificate({ ...filesOf(certificates.made), keyFile })).rejects.toThrow(/encrypted.*openssl pkey/);
});

test("a certificate says whether it is valid at a time", async () => {
  const certificate = await readCertificate(filesOf(certificates.made));
  const { validFrom, validTo } = certificate;
  expect(isValidAt(certificate, validFrom.getTime())).toBe(true);
  expect(isValidAt(certificate, validFrom.getTime() - 1)).toBe(false);
  expect(isValidAt(certificate, validTo.getTime() + 1)).toBe(false);
});
