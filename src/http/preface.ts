/** What every HTTP/2 client sends first (RFC 9113, 3.4). HTTP/1.1 differs from it by the fourth byte at the latest. */
export const HTTP2_PREFACE: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
