import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { findTool, requireTool } from "./tools.ts";

const opensslTool = findTool(["openssl", "version"], "openssl is missing: install it to try TLS");

/** A key and a certificate for it: files, and what is in them. */
export interface KeyPair {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** Certificates that are made for the tests of a file. */
export interface Certificates {
  readonly folder: string;
  /** The server's, for localhost and 127.0.0.1, signed by itself. */
  readonly server: KeyPair;
  /** Another one of the server. */
  readonly next: KeyPair;
  /** An authority, and a client's certificate that it has signed. */
  readonly ca: KeyPair;
  readonly client: KeyPair;
  /** A client's that another authority, itself, has signed. */
  readonly stranger: KeyPair;
}

/** Makes certificates for the tests of a file, which are skipped on a machine without openssl. */
export function useCertificates(): { readonly made: Certificates } {
  let made: Certificates;
  beforeAll(async () => {
    if (opensslTool.present) {
      made = await makeCertificates();
    }
  });
  beforeEach((context) => requireTool(context, opensslTool));
  afterAll(() => made && rm(made.folder, { recursive: true, force: true }));
  return {
    get made() {
      return made;
    },
  };
}

async function makeCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), "streakd-certificates-"));
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
  const server = await selfSigned(folder, "server", names);
  const next = await selfSigned(folder, "next", names);
  const ca = await selfSigned(folder, "ca", "basicConstraints=critical,CA:TRUE");
  const stranger = await selfSigned(folder, "stranger", "extendedKeyUsage=clientAuth");
  const client = { certFile: join(folder, "client.pem"), keyFile: join(folder, "client.key") };
  const request = join(folder, "client.csr");
  openssl("req", "-new", ...NEW_KEY, "-keyout", client.keyFile, "-out", request, "-subj", "/CN=client");
  const signing = ["-CA", ca.certFile, "-CAkey", ca.keyFile, "-CAcreateserial", "-days", "2"];
  openssl("x509", "-req", "-in", request, ...signing, "-out", client.certFile);
  return { folder, server, next, ca, client: await read(client), stranger };
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Makes a key and a certificate that it has signed itself. */
export async function selfSigned(folder: string, name: string, extension: string, days = "2"): Promise<KeyPair> {
  const files = { certFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}.key`) };
  const outputs = ["-keyout", files.keyFile, "-out", files.certFile, "-days", days];
  openssl("req", "-x509", ...NEW_KEY, ...outputs, "-subj", `/CN=${name}`, "-addext", extension);
  return read(files);
}

async function read(files: Pick<KeyPair, "certFile" | "keyFile">): Promise<KeyPair> {
  const [cert, key] = await Promise.all([readFile(files.certFile, "utf8"), readFile(files.keyFile, "utf8")]);
  return { ...files, cert, key };
}

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { stdio: "pipe" });
}
