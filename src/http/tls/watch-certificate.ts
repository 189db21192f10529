import { unwatchFile, watchFile } from "node:fs";
import { type Certificate, readCertificate, type TlsFiles } from "./certificate.ts";

/**
 * How often the files are looked at, in milliseconds. They are asked for their state, since events of the file system
 * miss what mounts and symbolic links do: Kubernetes renames a link above the files, certbot the files themselves.
 */
const WATCH_MS = 1_000;

/** What follows the files of a certificate. */
export interface CertificateWatcher {
  /** Reads the files now. */
  reload(): Promise<void>;
  stop(): void;
}

/**
 * Follows the files of a certificate. Files that can't be used, such as a certificate whose key is not written yet,
 * change nothing: they are read again when they change again.
 *
 * @param current what was read before; the same again is no change
 * @param onChange is called with what was read
 * @param onProblem is called with why the files can't be used, once for each reason
 */
export function watchCertificate(
  files: TlsFiles,
  current: Certificate,
  onChange: (certificate: Certificate) => void,
  onProblem: (error: unknown) => void,
): CertificateWatcher {
  let last = current;
  let lastProblem: string | undefined;
  let reading = Promise.resolve();

  async function readAgain(): Promise<void> {
    try {
      const read = await readCertificate(files);
      lastProblem = undefined;
      if (read.cert !== last.cert || read.key !== last.key || read.ca !== last.ca) {
        last = read;
        onChange(read);
      }
    } catch (error) {
      const problem = String(error);
      if (problem !== lastProblem) {
        onProblem(error);
      }
      lastProblem = problem;
    }
  }
  // One after the other, so that the last to be read is the one that stays.
  function reload(): Promise<void> {
    reading = reading.then(readAgain);
    return reading;
  }
  const paths = [files.certFile, files.keyFile, files.clientCaFile].filter((path) => path !== undefined);
  const onStat = () => void reload();
  for (const path of paths) {
    watchFile(path, { interval: WATCH_MS, persistent: false }, onStat);
  }
  return {
    reload,
    stop() {
      for (const path of paths) {
        unwatchFile(path, onStat);
      }
    },
  };
}
