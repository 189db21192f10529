import { isAllowedOrigin, parseAllowedOrigin, problemOfOrigin } from "#src/domain/origins.ts";

/** Returns the entries of a text with one on each line. */
export function entriesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Returns what is wrong with each entry that the server would refuse. */
export function problemsOf(entries: readonly string[]): string[] {
  return entries
    .filter((entry) => parseAllowedOrigin(entry) === undefined)
    .map((entry) => `“${entry}” ${problemOfOrigin(entry)}.`);
}

/** What became of trying an origin. */
export type Verdict =
  | { readonly kind: "allowed"; readonly origin: string; readonly entry: string }
  | { readonly kind: "refused"; readonly origin: string }
  | { readonly kind: "unreadable" };

/**
 * Tells whether pages at an address may call, by the rules of the server itself.
 *
 * @param address an origin, or the address of a page: then browsers send its origin
 */
export function tryOrigin(entries: readonly string[], address: string): Verdict {
  const origin = originOf(address);
  if (origin === undefined) {
    return { kind: "unreadable" };
  }
  const entry = entries.find((each) => {
    const parsed = parseAllowedOrigin(each);
    return parsed !== undefined && isAllowedOrigin([parsed], origin);
  });
  return entry === undefined ? { kind: "refused", origin } : { kind: "allowed", origin, entry };
}

/** The origin that browsers send for pages at an address; undefined when it is no address. */
function originOf(address: string): string | undefined {
  if (address === "null") {
    return address;
  }
  if (!/^[a-z][a-z0-9+.-]*:\/\/./i.test(address) || !URL.canParse(address)) {
    return undefined;
  }
  const { protocol, host, origin } = new URL(address);
  // For schemes of apps, such as capacitor:, the URL class has no origin, and web views send one.
  return origin === "null" ? `${protocol}//${host}` : origin;
}
