/** In a list of allowed hosts: every IP address. A page that was rebound has a name, so it can't make use of these. */
const ANY_ADDRESS = "ip";

/** A name, `*.` and a name for all names below it, or an IP address, in brackets for IPv6. In lower case. */
const PATTERN = /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$|^\[[0-9a-f:.]+\]$/;

/** Whether a text is a valid entry of a list of allowed hosts. */
export function isHostPattern(pattern: string): boolean {
  return PATTERN.test(pattern);
}

/**
 * Returns whether a host, with or without its port, is allowed.
 *
 * @param patterns names, `*.example.com` for all below a name, addresses, or {@link ANY_ADDRESS}; in lower case
 */
export function createHostFilter(patterns: readonly string[]): (host: string) => boolean {
  const names = new Set(patterns.filter((pattern) => !pattern.startsWith("*.")));
  const suffixes = patterns.filter((pattern) => pattern.startsWith("*.")).map((pattern) => pattern.slice(1));
  return (host) => {
    const name = host.toLowerCase().replace(/\.?(?::\d*)?$/, "");
    return (
      names.has(name) ||
      suffixes.some((suffix) => name.endsWith(suffix) && name.length > suffix.length) ||
      (names.has(ANY_ADDRESS) && isAddress(name))
    );
  };
}

function isAddress(name: string): boolean {
  return name.startsWith("[") || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name);
}
