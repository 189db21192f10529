/** A token of RFC 9110 (5.6.2), as methods and the names of headers are. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * A header's value: one line of visible ASCII, spaces and tabs. Other characters could begin a line of their own.
 */
const VALUE = /^[\t -~]*$/;

/** Whether a text is a token, as methods and the names of headers are. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Throws an error with the name of a header, but not its value, when either can't be sent. */
export function requireField(name: string, value: string): void {
  if (!TOKEN.test(name) || !VALUE.test(value)) {
    throw new Error(`the header ${JSON.stringify(name)} can't be sent: HTTP does not allow its name or its value`);
  }
}
