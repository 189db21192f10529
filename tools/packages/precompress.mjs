import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/**
 * A Vite plugin: writes each file of a build also as Brotli (`.br`) and gzip (`.gz`), so that the server compresses
 * nothing when it serves the files.
 */
export function precompress() {
  return {
    name: "precompress",
    async writeBundle({ dir }, bundle) {
      for (const name of Object.keys(bundle)) {
        const path = join(dir, name);
        const bytes = await readFile(path);
        const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
        await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params }));
        await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }));
      }
    },
  };
}
