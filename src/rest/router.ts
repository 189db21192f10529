import { pathOf, type Route } from "./route.ts";

/** The routes of a path. */
export interface Place {
  /** The routes by HTTP method; `HEAD` is there where `GET` is. */
  readonly routes: ReadonlyMap<string, Route>;
  /** What the path's variables hold, percent-decoded, in the path's order. */
  readonly variables: readonly string[];
}

interface Node {
  readonly children: Map<string, Node>;
  variable?: Node;
  /** Below a variable: the nodes of its custom verbs, which end a path. */
  actions?: Map<string, Node>;
  readonly routes: Map<string, Route>;
}

/**
 * Returns a function that finds the routes of a path (without its query): in a Map for the paths without variables, in
 * a tree of segments for the others. A literal segment wins over a variable, and a custom verb over a variable with a
 * colon in it; `%3A` in a path never begins a custom verb. `undefined` means that the path has no route; a path with a
 * trailing slash, an empty segment or a broken percent-encoding has none. Throws when two routes have the same method
 * and path.
 */
export function createRouter(routes: readonly Route[]): (path: string) => Place | undefined {
  const root = newNode();
  const literal = new Map<string, Place>();
  for (const route of routes) {
    let node = root;
    for (const segment of route.segments) {
      node = childOf(node, segment);
    }
    if (route.action !== undefined) {
      node = actionOf(node, route.action);
    }
    for (const method of route.verb === "GET" ? ["GET", "HEAD"] : [route.verb]) {
      if (node.routes.has(method)) {
        throw new Error(`two routes for ${method} ${pathOf(route)}`);
      }
      node.routes.set(method, route);
    }
    if (!route.segments.includes(null)) {
      literal.set(pathOf(route), { routes: node.routes, variables: [] });
    }
  }
  return (path) =>
    literal.get(path) ?? (path.startsWith("/") ? find(root, path.slice(1).split("/"), 0, []) : undefined);
}

function find(node: Node, segments: readonly string[], depth: number, variables: readonly string[]): Place | undefined {
  const segment = segments[depth];
  if (segment === undefined) {
    return node.routes.size > 0 ? { routes: node.routes, variables } : undefined;
  }
  const child = node.children.get(segment);
  const found = child && find(child, segments, depth + 1, variables);
  if (found !== undefined || node.variable === undefined || segment === "") {
    return found;
  }
  const { actions } = node.variable;
  if (actions !== undefined && depth === segments.length - 1) {
    const colon = segment.lastIndexOf(":");
    const action = colon > 0 ? actions.get(segment.slice(colon + 1)) : undefined;
    if (action !== undefined) {
      return placeAt(action, segment.slice(0, colon), variables);
    }
  }
  const value = decodeSegment(segment);
  return value === undefined ? undefined : find(node.variable, segments, depth + 1, [...variables, value]);
}

function placeAt({ routes }: Node, segment: string, variables: readonly string[]): Place | undefined {
  const value = decodeSegment(segment);
  return value === undefined ? undefined : { routes, variables: [...variables, value] };
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function childOf(node: Node, segment: string | null): Node {
  if (segment === null) {
    node.variable ??= newNode();
    return node.variable;
  }
  const child = node.children.get(segment) ?? newNode();
  node.children.set(segment, child);
  return child;
}

function actionOf(node: Node, action: string): Node {
  node.actions ??= new Map();
  const found = node.actions.get(action) ?? newNode();
  node.actions.set(action, found);
  return found;
}

function newNode(): Node {
  return { children: new Map(), routes: new Map() };
}
