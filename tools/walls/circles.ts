/** What imports what: the keys are all the nodes. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Returns a shortest circle through each node that has one and is not yet part of a circle that was found, as the nodes along it:
 * `[a, b]` where a imports b and b imports a. Empty where the graph has no circle.
 */
export function circles(graph: Graph): string[][] {
  const found: string[][] = [];
  const covered = new Set<string>();
  for (const node of graph.keys()) {
    const circle = covered.has(node) ? undefined : shortestCircle(graph, node);
    if (circle !== undefined) {
      found.push(circle);
      for (const member of circle) {
        covered.add(member);
      }
    }
  }
  return found;
}

/** Breadth first, so that the first way back to the start is a shortest one. */
function shortestCircle(graph: Graph, start: string): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const node of queue) {
    for (const next of graph.get(node) ?? []) {
      if (next === start) {
        return pathTo(node, start, cameFrom);
      }
      if (!cameFrom.has(next)) {
        cameFrom.set(next, node);
        queue.push(next);
      }
    }
  }
  return undefined;
}

function pathTo(end: string, start: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const path = [end];
  for (let node = end; node !== start; ) {
    node = cameFrom.get(node) as string;
    path.unshift(node);
  }
  return path;
}
