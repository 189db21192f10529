import { promisify } from "node:util";
import * as zlib from "node:zlib";
import type { Encoding } from "./encoding.ts";

/** How bytes are compressed and decompressed in one encoding: at once, on zlib's threads, and as a stream. */
export interface Codec {
  compressSync(bytes: Uint8Array): Buffer;
  compress(bytes: Uint8Array): Promise<Buffer>;
  /** A stream that sends on what is written to it without waiting for more. */
  createCompressor(): zlib.Gzip;
  /** Throws an error of zlib; `ERR_BUFFER_TOO_LARGE` when there are more bytes than `maxOutputLength`. */
  decompressSync(bytes: Uint8Array, bound: { maxOutputLength: number }): Buffer;
  /** Rejects likewise. */
  decompress(bytes: Uint8Array, bound: { maxOutputLength: number }): Promise<Buffer>;
  createDecompressor(): zlib.Gunzip;
}

/**
 * Brotli's quality: the default, 11, takes a hundred times as long. As with gzip's default, a kilobyte of JSON takes some
 * twenty microseconds.
 */
const BROTLI_QUALITY = 4;

/**
 * The largest window of zstd that is read, as a power of two: 8 MiB, as RFC 9659 says for HTTP. A compressed message
 * says how large the window is, and it is allocated whatever the message's size is.
 */
const ZSTD_MAX_WINDOW_LOG = 23;

const brotli = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } };

/** After the end of one compressed text nothing may come: by default these formats ignore it, and lose it. */
const oneOnly = { rejectGarbageAfterEnd: true };
const zstdBounds = { ...oneOnly, params: { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_MAX_WINDOW_LOG } };

const compressors = {
  gzip: promisify<zlib.InputType, Buffer>(zlib.gzip),
  deflate: promisify<zlib.InputType, Buffer>(zlib.deflate),
  zstd: promisify<zlib.InputType, Buffer>(zlib.zstdCompress),
  br: promisify(zlib.brotliCompress),
};
const decompressors = {
  gzip: promisify(zlib.gunzip),
  deflate: promisify(zlib.inflate),
  zstd: promisify(zlib.zstdDecompress),
  br: promisify(zlib.brotliDecompress),
};

/** The codec of each encoding. */
export const codecs: Readonly<Record<Encoding, Codec>> = {
  gzip: {
    compressSync: (bytes) => zlib.gzipSync(bytes),
    compress: compressors.gzip,
    createCompressor: () => zlib.createGzip({ flush: zlib.constants.Z_SYNC_FLUSH }),
    // Several texts one after the other are one (RFC 1952, 2.2), and Node refuses what is none.
    decompressSync: (bytes, bound) => zlib.gunzipSync(bytes, bound),
    decompress: decompressors.gzip,
    createDecompressor: () => zlib.createGunzip(),
  },
  deflate: {
    compressSync: (bytes) => zlib.deflateSync(bytes),
    compress: compressors.deflate,
    createCompressor: () => zlib.createDeflate({ flush: zlib.constants.Z_SYNC_FLUSH }),
    decompressSync: (bytes, bound) => zlib.inflateSync(bytes, { ...oneOnly, ...bound }),
    decompress: (bytes, bound) => decompressors.deflate(bytes, { ...oneOnly, ...bound }),
    createDecompressor: () => zlib.createInflate(oneOnly),
  },
  zstd: {
    compressSync: (bytes) => zlib.zstdCompressSync(bytes),
    compress: compressors.zstd,
    createCompressor: () => zlib.createZstdCompress({ flush: zlib.constants.ZSTD_e_flush }),
    decompressSync: (bytes, bound) => zlib.zstdDecompressSync(bytes, { ...zstdBounds, ...bound }),
    decompress: (bytes, bound) => decompressors.zstd(bytes, { ...zstdBounds, ...bound }),
    createDecompressor: () => zlib.createZstdDecompress(zstdBounds),
  },
  br: {
    compressSync: (bytes) => zlib.brotliCompressSync(bytes, brotli),
    compress: (bytes) => compressors.br(bytes, brotli),
    createCompressor: () => zlib.createBrotliCompress({ ...brotli, flush: zlib.constants.BROTLI_OPERATION_FLUSH }),
    decompressSync: (bytes, bound) => zlib.brotliDecompressSync(bytes, { ...oneOnly, ...bound }),
    decompress: (bytes, bound) => decompressors.br(bytes, { ...oneOnly, ...bound }),
    createDecompressor: () => zlib.createBrotliDecompress(oneOnly),
  },
};
