import { unwatchFile, watchFile } from "node:fs";
import { type Certificate, readCertificate, type TlsFiles } from "./certificate.ts";

/**
 * How often the files are polled, in milliseconds. Events of the file system miss changes of mounts and symbolic links:
 * Kubernetes renames a link above the files, certbot the files themselves.
 */
const WATCH_MS = 1_000;

/**
 * Follows the files of a certificate. What renews certificates may also send a SIGHUP, at which they are read at once.
 * Files that can't be used, such as a certificate whose key is not written yet, change nothing: they are read again when
 * they change again.
 *
 * @param current the certificate that was read before; reading the same again is no change
 * @param onChange is called with what was read
 * @param onProblem is called with why the files can't be used, once for each reason
 * @returns a function that stops it
 */
export function watchCertificate(
  files: TlsFiles,
  current: Certificate,
  onChange: (certificate: Certificate) => void,
  onProblem: (error: unknown) => void,
): () => void {
  let last = current;
  let lastProblem: string | undefined;
  let reading = Promise.resolve();

  async function readAgain(): Promise<void> {
    try {
      const read = await readCertificate(files);
      lastProblem = undefined;
      if (read.cert !== last.cert || read.key !== last.key || read.ca !== last.ca) {
        onChange(read);
        // Only when it is in use: what can't be used is tried again.
        last = read;
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
  function reload(): void {
    reading = reading.then(readAgain);
  }
  const paths = [files.certFile, files.keyFile, files.clientCaFile].filter((path) => path !== undefined);
  for (const path of paths) {
    watchFile(path, { interval: WATCH_MS, persistent: false }, reload);
  }
  process.on("SIGHUP", reload);
  return () => {
    process.off("SIGHUP", reload);
    for (const path of paths) {
      unwatchFile(path, reload);
    }
  };
}
