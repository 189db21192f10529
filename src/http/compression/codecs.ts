import { promisify } from "node:util";
import * as zlib from "node:zlib";
import type { Encoding, STREAM_ENCODINGS } from "./encoding.ts";

/** How bytes are compressed and decompressed in one encoding, on this thread or on zlib's. */
export interface Codec {
  compressSync(bytes: Uint8Array): Buffer;
  compress(bytes: Uint8Array): Promise<Buffer>;
  /** Throws zlib's error, which is `ERR_BUFFER_TOO_LARGE` when there are more bytes than `maxOutputLength`. */
  decompressSync(bytes: Uint8Array, bound: { maxOutputLength: number }): Buffer;
  /** Rejects as `decompressSync` throws. */
  decompress(bytes: Uint8Array, bound: { maxOutputLength: number }): Promise<Buffer>;
}

/** How streams are compressed and decompressed in one encoding. */
interface StreamCodec {
  /** Returns a stream that passes on what is written to it without waiting for more. */
  createCompressor(): zlib.Gzip;
  createDecompressor(): zlib.Gunzip;
}

/**
 * Brotli's quality: the default, 11, takes a hundred times as long. As with gzip's default, a kilobyte of JSON takes
 * some twenty microseconds.
 */
const BROTLI_QUALITY = 4;

/**
 * The largest window of zstd that is accepted, as a power of two: 8 MiB, as RFC 9659 says for HTTP. A compressed
 * message says how large its window is, and the window is allocated even for a small message.
 */
const ZSTD_MAX_WINDOW_LOG = 23;

const brotli = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } };

/** Nothing may follow the end of the compressed bytes: by default zlib would drop it without an error. */
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
    // A gzip body may have several members (RFC 1952, 2.2), and Node refuses anything else after the first.
    decompressSync: (bytes, bound) => zlib.gunzipSync(bytes, bound),
    decompress: decompressors.gzip,
  },
  deflate: {
    compressSync: (bytes) => zlib.deflateSync(bytes),
    compress: compressors.deflate,
    decompressSync: (bytes, bound) => zlib.inflateSync(bytes, { ...oneOnly, ...bound }),
    decompress: (bytes, bound) => decompressors.deflate(bytes, { ...oneOnly, ...bound }),
  },
  zstd: {
    compressSync: (bytes) => zlib.zstdCompressSync(bytes),
    compress: compressors.zstd,
    decompressSync: (bytes, bound) => zlib.zstdDecompressSync(bytes, { ...zstdBounds, ...bound }),
    decompress: (bytes, bound) => decompressors.zstd(bytes, { ...zstdBounds, ...bound }),
  },
  br: {
    compressSync: (bytes) => zlib.brotliCompressSync(bytes, brotli),
    compress: (bytes) => compressors.br(bytes, brotli),
    decompressSync: (bytes, bound) => zlib.brotliDecompressSync(bytes, { ...oneOnly, ...bound }),
    decompress: (bytes, bound) => decompressors.br(bytes, { ...oneOnly, ...bound }),
  },
};

/**
 * The memory of a stream's compressor: a window of 8 KiB, and tables of 64 KiB. With zlib's defaults it is 256 KiB.
 */
const SMALL = { windowBits: 13, memLevel: 6, flush: zlib.constants.Z_SYNC_FLUSH };

/** The codec of each encoding that streams may have. */
export const streamCodecs: Readonly<Record<(typeof STREAM_ENCODINGS)[number], StreamCodec>> = {
  gzip: {
    createCompressor: () => zlib.createGzip(SMALL),
    createDecompressor: () => zlib.createGunzip(),
  },
  deflate: {
    createCompressor: () => zlib.createDeflate(SMALL),
    createDecompressor: () => zlib.createInflate(oneOnly),
  },
};
