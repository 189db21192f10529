/** The content type of a TLS record that holds a piece of the handshake (RFC 8446, 5.1). */
const HANDSHAKE = 22;

const RECORD_HEADER_BYTES = 5;

/** Type and length before each message of the handshake. */
const MESSAGE_HEADER_BYTES = 4;

/** A larger hello is left to OpenSSL, which refuses it: no real client sends so much. */
const MAX_HELLO_BYTES = 16 * 1024;

/**
 * Whether the first bytes of a connection hold a whole ClientHello, or are no TLS at all; `undefined` while that can't
 * be told. The costly work of a handshake begins with the hello. So a handshake begins only with a whole hello, at a
 * time that the server chooses, and a client that sends half a hello costs next to nothing.
 */
export function readHello(bytes: Buffer): "whole" | "not TLS" | undefined {
  if (bytes[0] !== HANDSHAKE) {
    return "not TLS";
  }
  const message: Buffer[] = [];
  let at = 0;
  // The hello may come in several records.
  while (at + RECORD_HEADER_BYTES <= bytes.length && bytes[at] === HANDSHAKE) {
    const start = at + RECORD_HEADER_BYTES;
    at = start + bytes.readUInt16BE(at + 3);
    message.push(bytes.subarray(start, at));
  }
  const received = Buffer.concat(message);
  const isOther = at < bytes.length && bytes[at] !== HANDSHAKE;
  if (isOther || bytes.length > MAX_HELLO_BYTES) {
    return "whole";
  }
  if (received.length < MESSAGE_HEADER_BYTES) {
    return undefined;
  }
  return received.length >= MESSAGE_HEADER_BYTES + received.readUIntBE(1, 3) ? "whole" : undefined;
}
