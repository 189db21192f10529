import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { StartError } from "../../errors.ts";

/** The files of a certificate, PEM, as absolute paths. */
export interface TlsFiles {
  /** The certificate, followed by the intermediate certificates. */
  readonly certFile: string;
  readonly keyFile: string;
  /** The authorities of client certificates. If given, each client must present a certificate of one of them. */
  readonly clientCaFile: string | undefined;
}

/** A certificate and the key that belongs to it. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** The authorities of client certificates; undefined when clients need none. */
  readonly ca: string | undefined;
  /** The names that it is for, such as `DNS:streaks.example.com`. */
  readonly names: string;
  readonly validFrom: Date;
  readonly validTo: Date;
}

/**
 * Reads the files.
 *
 * @throws StartError when they can't be used, with the setting to mend and what is wrong with it
 */
export async function readCertificate({ certFile, keyFile, clientCaFile }: TlsFiles): Promise<Certificate> {
  const [cert, key, ca] = await Promise.all([
    readPem("TLS_CERT_FILE", certFile),
    readPem("TLS_KEY_FILE", keyFile),
    clientCaFile === undefined ? undefined : readPem("TLS_CLIENT_CA_FILE", clientCaFile),
  ]);
  const first = parseCertificate("TLS_CERT_FILE", certFile, cert);
  if (ca !== undefined) {
    parseCertificate("TLS_CLIENT_CA_FILE", String(clientCaFile), ca);
  }
  if (!first.checkPrivateKey(parseKey(keyFile, key))) {
    throw new StartError(
      `TLS_KEY_FILE: the key in ${keyFile} does not belong to the first certificate in ${certFile}. ` +
        "Give the key that the certificate was made with, and put the server's own certificate first.",
    );
  }
  try {
    createSecureContext({ cert, key, ca });
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new StartError(`TLS_CERT_FILE: OpenSSL can't use the certificate in ${certFile}: ${reason}.`, { cause });
  }
  const names = first.subjectAltName ?? first.subject;
  return { cert, key, ca, names, validFrom: first.validFromDate, validTo: first.validToDate };
}

/** Whether a certificate is valid at a time. */
export function isValidAt({ validFrom, validTo }: Certificate, time: number): boolean {
  return validFrom.getTime() <= time && time <= validTo.getTime();
}

async function readPem(setting: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new StartError(`${setting}: ${file} can't be read: ${explain(cause as NodeJS.ErrnoException)}`, { cause });
  }
}

function explain(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "ENOENT":
      return "there is no such file.";
    case "EACCES":
      return "this process may not read it. Give it to the user that streakd runs as.";
    case "EISDIR":
      return "it is a folder. Name the PEM file in it.";
    default:
      return `${error.message}.`;
  }
}

function parseCertificate(setting: string, file: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new StartError(`${setting}: ${file} holds no certificate in PEM (-----BEGIN CERTIFICATE-----).`, { cause });
  }
}

function parseKey(file: string, pem: string) {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new StartError(
      pem.includes("ENCRYPTED")
        ? `TLS_KEY_FILE: the key in ${file} is encrypted. Decrypt it (openssl pkey -in KEY -out NEW).`
        : `TLS_KEY_FILE: ${file} holds no private key in PEM (-----BEGIN PRIVATE KEY-----).`,
      { cause },
    );
  }
}
