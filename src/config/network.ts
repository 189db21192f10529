import { resolve } from "node:path";
import { isHostPattern } from "../http/allowed-hosts.ts";
import { BOUNDS, type Limits } from "../http/limits.ts";
import type { TlsFiles } from "../http/tls/certificate.ts";
import type { SettingsReader } from "./settings-reader.ts";

/** The longest path of a Unix socket, in bytes: what every system takes. */
const MAX_SOCKET_PATH_BYTES = 99;

/** Where the server serves, with which certificate, and for which hosts. */
export interface NetworkConfig {
  /** The TCP port to serve on; 0 lets the system choose one. */
  readonly port: number;
  /** The address to serve on. */
  readonly host: string;
  /** The absolute path of the Unix socket to serve on, instead of port and host. */
  readonly unixSocket: string | undefined;
  /** The certificate to serve with; undefined means cleartext. */
  readonly tls: TlsFiles | undefined;
  /** The hosts that requests may be for; undefined means any. */
  readonly allowedHosts: readonly string[] | undefined;
}

/** Reads where to serve. */
export function readNetwork(settings: SettingsReader): NetworkConfig {
  return {
    tls: readTlsFiles(settings),
    port: settings.integer("PORT"),
    host: settings.text("HOST") as string,
    unixSocket: readUnixSocket(settings),
    allowedHosts: readAllowedHosts(settings),
  };
}

/** Reads the bounds on what clients can make the port spend. */
export function readLimits(settings: SettingsReader): Limits {
  const values = Object.entries(BOUNDS).map(([name, { setting }]) => [name, settings.integer(setting)]);
  return Object.fromEntries(values) as Limits;
}

/** `unix:/run/streakd.sock`, or only the path. */
function readUnixSocket(settings: SettingsReader): string | undefined {
  const path = /^(?:unix:)?(\/.*)$/.exec(settings.text("HOST") ?? "")?.[1];
  if (path !== undefined && Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
    settings.refuse(
      "HOST",
      `HOST: the path of a Unix socket may have ${MAX_SOCKET_PATH_BYTES} bytes; choose a shorter one`,
    );
  }
  return path;
}

function readTlsFiles(settings: SettingsReader): TlsFiles | undefined {
  const [certFile, keyFile, clientCaFile] = ["TLS_CERT_FILE", "TLS_KEY_FILE", "TLS_CLIENT_CA_FILE"].map((name) => {
    const path = settings.text(name);
    return path === undefined ? undefined : resolve(path);
  });
  if (certFile !== undefined && keyFile !== undefined) {
    return { certFile, keyFile, clientCaFile };
  }
  if (certFile !== undefined || keyFile !== undefined) {
    settings.refuse(
      certFile === undefined ? "TLS_KEY_FILE" : "TLS_CERT_FILE",
      `${certFile === undefined ? "TLS_CERT_FILE" : "TLS_KEY_FILE"} is missing: set both TLS_CERT_FILE and TLS_KEY_FILE, or neither`,
    );
  } else if (clientCaFile !== undefined) {
    settings.refuse(
      "TLS_CLIENT_CA_FILE",
      "TLS_CLIENT_CA_FILE needs TLS_CERT_FILE and TLS_KEY_FILE; set them, or unset it",
    );
  }
  return undefined;
}

function readAllowedHosts(settings: SettingsReader): readonly string[] | undefined {
  const hosts = settings
    .text("ALLOWED_HOSTS")
    ?.split(",")
    .map((host) => host.trim().toLowerCase());
  for (const host of hosts ?? []) {
    if (!isHostPattern(host)) {
      settings.refuse(
        "ALLOWED_HOSTS",
        `ALLOWED_HOSTS must be hosts without ports, with commas, like streaks.example.com,*.example.org,[::1]; "${host}" is none`,
      );
    }
  }
  return hosts;
}
