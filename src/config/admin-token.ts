/** The fewest characters of an admin token that an operator sets. */
const MIN_LENGTH = 16;

/** The fewest different characters: `aaaaaaaaaaaaaaaa` and `changemechangeme` have less. */
const MIN_DIFFERENT = 8;

/** What people set who mean to change it later, without case and punctuation. */
const OBVIOUS =
  /changeme|changethis|replaceme|password|letmein|^(?:my|the|your|a|super|very|some|secret|admin|token|streakd|key|here|test|dev|local|prod|\d{1,3})+$|^(?:admin|test)?1234567|^(?:0123456789|abcdefgh|qwertyui)/;

/** How to get a token that nobody guesses. */
const MAKE_ONE = "make one with: openssl rand -base64 24";

/**
 * Returns what is wrong with an admin token that an operator has set; undefined when nothing is. Whoever guesses it may
 * do everything, and nothing slows down guessing. So what can be guessed is refused.
 */
export function weaknessOf(token: string): string | undefined {
  // Anything else could not be sent in a header, so nobody could ever present it.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    return `may hold only visible ASCII characters, no spaces; ${MAKE_ONE}`;
  }
  if (token.length < MIN_LENGTH) {
    return `must have at least ${MIN_LENGTH} characters, not ${token.length}; ${MAKE_ONE}`;
  }
  if (new Set(token).size < MIN_DIFFERENT) {
    return `must have at least ${MIN_DIFFERENT} different characters; ${MAKE_ONE}`;
  }
  if (OBVIOUS.test(token.toLowerCase().replace(/[^a-z0-9]/g, ""))) {
    return `is easy to guess; ${MAKE_ONE}`;
  }
  return undefined;
}
