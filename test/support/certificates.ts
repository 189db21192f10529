import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { findTool, requireTool } from "./tools.ts";

/** What makes certificates. */
export const opensslTool = findTool(["openssl", "version"], "openssl is missing: install it to try TLS");

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
  /** One whose time is over. */
  readonly expired: KeyPair;
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
  const client = await signed(folder, "client", ["-CA", ca.certFile, "-CAkey", ca.keyFile, "-CAcreateserial"], "2");
  const expired = await signed(folder, "expired", ["-signkey", join(folder, "expired.key")], "0");
  return { folder, server, next, expired, ca, client, stranger };
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

async function selfSigned(folder: string, name: string, extension: string): Promise<KeyPair> {
  const files = filesOf(folder, name);
  const outputs = ["-keyout", files.keyFile, "-out", files.certFile, "-days", "2"];
  openssl("req", "-x509", ...NEW_KEY, ...outputs, "-subj", `/CN=${name}`, "-addext", extension);
  return read(files);
}

/** @param signer says who signs */
async function signed(folder: string, name: string, signer: readonly string[], days: string): Promise<KeyPair> {
  const files = filesOf(folder, name);
  const request = join(folder, `${name}.csr`);
  openssl("req", "-new", ...NEW_KEY, "-keyout", files.keyFile, "-out", request, "-subj", `/CN=${name}`);
  openssl("x509", "-req", "-in", request, ...signer, "-days", days, "-out", files.certFile);
  return read(files);
}

function filesOf(folder: string, name: string): Pick<KeyPair, "certFile" | "keyFile"> {
  return { certFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}.key`) };
}

async function read(files: Pick<KeyPair, "certFile" | "keyFile">): Promise<KeyPair> {
  const [cert, key] = await Promise.all([readFile(files.certFile, "utf8"), readFile(files.keyFile, "utf8")]);
  return { ...files, cert, key };
}

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { stdio: "pipe" });
}
