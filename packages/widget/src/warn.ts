const warned = new Set<string>();

/** Tells a failure in the console, once for each kind. Nothing that fails here may reach the page. */
export function warn(error: unknown): void {
  const text = `${(error as Error | undefined)?.message ?? error}`;
  if (!warned.has(text)) {
    warned.add(text);
    console.warn("streakd:", text);
  }
}
