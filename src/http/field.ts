/** What a header's name may be: a token of RFC 9110. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * What a header's value may be: one line of visible ASCII, spaces and tabs. Anything else could begin a line of its
 * own.
 */
const VALUE = /^[\t -~]*$/;

/** Whether a text can be sent as the name of a header. */
export function isFieldName(name: string): boolean {
  return NAME.test(name);
}

/** Whether a text can be sent as the value of a header. */
export function isFieldValue(value: string): boolean {
  return VALUE.test(value);
}
