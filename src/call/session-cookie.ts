/** The name of the cookie of a sign-in session, where it goes over cleartext. */
export const SESSION_COOKIE = "streakd_session";

/**
 * Its name over TLS. The prefix makes browsers refuse the cookie unless this very host has set it over TLS: so neither
 * another host of the domain nor anybody on a cleartext connection can plant one.
 */
export const SECURE_SESSION_COOKIE = `__Host-${SESSION_COOKIE}`;
