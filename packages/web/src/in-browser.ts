/**
 * Whether this runs in a browser, in a page or a worker. Node, Deno and Bun name themselves. The widget's build puts `true` in
 * its place.
 */
export const IN_BROWSER = /^Mozilla/.test(globalThis.navigator?.userAgent as string);
